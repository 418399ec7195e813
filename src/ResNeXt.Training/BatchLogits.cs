using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training;

/// <summary>What a network says of a batch.</summary>
internal static class BatchLogits
{
    /// <param name="module">The network.</param>
    /// <param name="batch">Pixels, or features for its last layer.</param>
    /// <param name="normalization">Bytes to its input.</param>
    /// <param name="mix">How the images are mixed; null leaves them.</param>
    /// <param name="amp">Whether all before the last layer computes in bfloat16.</param>
    /// <returns>Logits, <c>[N, classes]</c>.</returns>
    public static Tensor Of(ResNeXtModule module, LabeledBatch batch, PixelNormalization normalization, BatchMix? mix = null, bool amp = false)
    {
        using DisposeScope scope = NewDisposeScope();
        if (batch.Features is not null)
        {
            // The tensor lies over the array, wherever that is, and sums of a product depend on the alignment: a copy lies as libtorch wants it.
            Tensor features = tensor(batch.Features, batch.Labels.Length, module.Architecture.FeatureWidth, device: normalization.Device);
            return module.fc.forward(features.clone()).MoveToOuterDisposeScope();
        }

        Tensor x = normalization.Apply(batch.Pixels);
        x = mix?.Apply(x) ?? x;
        return module.forward(amp ? x.to(ScalarType.BFloat16) : x).MoveToOuterDisposeScope();
    }
}
