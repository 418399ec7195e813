using System.Numerics.Tensors;
using ResNeXt.Training.Onnx;

namespace ResNeXt.Training;

/// <summary>What a model says of one image.</summary>
internal sealed record ModelOutput(float[] Features, float[] Logits)
{
    /// <summary>The most probable class.</summary>
    public int Class => TensorPrimitives.IndexOfMax(Logits);

    public static ModelOutput[] Of(ModelProto model, IReadOnlyList<byte[]> images, int imageSize, CancellationToken cancellation)
    {
        float[][][] rows = [new float[images.Count][], new float[images.Count][]];
        int[] done = new int[2];
        using var runner = new GraphRunner(model, [ResNeXtMetadata.FeaturesName, ResNeXtMetadata.LogitsName], imageSize);
        runner.Run(
            images,
            (tensor, values, count) =>
            {
                int width = values.Length / count;
                for (int i = 0; i < count; i++)
                {
                    rows[tensor][done[tensor]++] = values.Slice(i * width, width).ToArray();
                }
            },
            cancellation);
        return [.. rows[0].Zip(rows[1], (features, logits) => new ModelOutput(features, logits))];
    }
}
