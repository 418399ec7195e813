using System.Numerics.Tensors;
using ResNeXt.Training.Onnx;

namespace ResNeXt.Training;

/// <summary>What the tensors of a float model hold on calibration images.</summary>
internal static class ActivationStatistics
{
    /// <summary>Runs the images twice: for the ends of each histogram, then for its counts. No tensor is kept.</summary>
    public static IReadOnlyDictionary<string, ActivationHistogram> Collect(ModelProto model, IReadOnlyList<byte[]> images, int imageSize, CancellationToken cancellation)
    {
        string[] tensors = [.. QdqRewriter.Tensors(model)];
        float[] min = new float[tensors.Length], max = new float[tensors.Length];
        using var runner = new GraphRunner(model, tensors, imageSize);
        runner.Run(
            images,
            (tensor, values, _) =>
            {
                min[tensor] = Math.Min(min[tensor], TensorPrimitives.Min(values));
                max[tensor] = Math.Max(max[tensor], TensorPrimitives.Max(values));
            },
            cancellation);
        int bad = Enumerable.Range(0, tensors.Length).FirstOrDefault(i => !float.IsFinite(max[i] - min[i]), -1);
        if (bad >= 0)
        {
            throw new InvalidDataException($"The model gives values that are not finite in '{tensors[bad]}': such a network cannot be quantised.");
        }

        ActivationHistogram[] histograms = [.. tensors.Select((_, i) => new ActivationHistogram(min[i], max[i]))];
        runner.Run(images, (tensor, values, _) => histograms[tensor].Add(values), cancellation);
        return tensors.Zip(histograms).ToDictionary(pair => pair.First, pair => pair.Second);
    }
}
