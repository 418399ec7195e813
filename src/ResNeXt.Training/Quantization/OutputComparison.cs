using System.Numerics.Tensors;

namespace ResNeXt.Training;

/// <summary>How near a model of reduced precision comes to the float model on the same images.</summary>
/// <param name="Images">Number of images compared.</param>
/// <param name="Top1Agreement">Share of them that both give the same class.</param>
/// <param name="MeanCosine">Mean cosine of the angle between the two feature vectors of an image.</param>
/// <param name="MinCosine">The smallest of them.</param>
/// <param name="MaxLogitError">The largest absolute difference of a logit.</param>
public sealed record OutputComparison(int Images, double Top1Agreement, double MeanCosine, double MinCosine, double MaxLogitError)
{
    internal static OutputComparison Of(IReadOnlyList<ModelOutput> expected, IReadOnlyList<ModelOutput> actual)
    {
        double[] cosines = [.. expected.Zip(actual, (e, a) => Cosine(e.Features, a.Features))];
        return new OutputComparison(
            expected.Count,
            expected.Zip(actual, (e, a) => e.Class == a.Class ? 1.0 : 0).Average(),
            cosines.Average(),
            cosines.Min(),
            expected.Zip(actual, (e, a) => e.Logits.Zip(a.Logits, (x, y) => Math.Abs((double)x - y)).Max()).Max());
    }

    private static double Cosine(float[] a, float[] b)
    {
        double ofA = TensorPrimitives.Norm(a), ofB = TensorPrimitives.Norm(b), product = ofA * ofB;
        return ofA == 0 && ofB == 0 ? 1
            : product > 0 && double.IsFinite(product) ? TensorPrimitives.Dot(a, b) / product
            : 0; // all zero where the other is not, or no number
    }
}
