using System.Numerics.Tensors;

namespace ResNeXt.MLNet;

/// <summary>What the network says of one image.</summary>
public sealed class ImagePrediction
{
    private readonly IReadOnlyList<string> _labels;

    internal ImagePrediction(IReadOnlyList<string> labels, float[] probabilities, float[] features)
    {
        _labels = labels;
        Values = [probabilities, features];
    }

    /// <summary>The most probable class.</summary>
    public string Label => _labels[Best];

    /// <summary>How probable it is, 0 to 1.</summary>
    public float Probability => Probabilities.Span[Best];

    /// <summary>Probability of each class, in the order of <see cref="ResNeXtMetadata.Labels"/>.</summary>
    public ReadOnlyMemory<float> Probabilities => Values[0];

    /// <summary>The feature vector, <see cref="ResNeXtMetadata.FeatureWidth"/> values.</summary>
    public ReadOnlyMemory<float> Features => Values[1];

    internal float[][] Values { get; }

    private int Best => TensorPrimitives.IndexOfMax(Probabilities.Span);

    /// <summary>The most probable classes, best first.</summary>
    /// <param name="count">How many, at least 1; all where there are fewer.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is below 1.</exception>
    public IReadOnlyList<LabelProbability> Top(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return LabelProbability.Top(_labels, Probabilities.Span, count);
    }
}
