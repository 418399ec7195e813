using ResNeXt.Training.Onnx;

namespace ResNeXt.Training;

/// <summary>Runs the float and the quantised model side by side, and compares them layer by layer.</summary>
internal static class LayerComparison
{
    public static IReadOnlyList<LayerPrecision> Of(
        ModelProto model,
        ModelProto quantized,
        IReadOnlyDictionary<string, ActivationRange> ranges,
        IReadOnlyList<byte[]> images,
        int imageSize,
        CancellationToken cancellation)
    {
        var written = quantized.Graph.Node.Select(node => node.Name).ToHashSet();
        string[] tensors = [.. QdqRewriter.Tensors(model).Where(tensor => written.Contains(QdqRewriter.RoundedName(tensor)))];
        float[][] expected = new float[tensors.Length][];
        double[] signal = new double[tensors.Length], noise = new double[tensors.Length];
        using var floatRunner = new GraphRunner(model, tensors, imageSize, batchSize: 1);
        using var quantizedRunner = new GraphRunner(quantized, tensors.Select(QdqRewriter.RoundedName), imageSize, batchSize: 1);
        foreach (byte[] image in images)
        {
            floatRunner.Run([image], (tensor, values, _) => expected[tensor] = values.ToArray(), cancellation);
            quantizedRunner.Run([image], Compare, cancellation);
        }

        return [.. tensors.Select((tensor, i) => new LayerPrecision(tensor, ranges[tensor].Min, ranges[tensor].Max, 10 * Math.Log10(signal[i] / noise[i])))];

        void Compare(int tensor, ReadOnlySpan<float> values, int count)
        {
            float[] reference = expected[tensor];
            for (int i = 0; i < values.Length; i++)
            {
                double value = reference[i], error = value - values[i];
                signal[tensor] += value * value;
                noise[tensor] += error * error;
            }
        }
    }
}
