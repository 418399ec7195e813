using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training;

/// <summary>
/// The channels-last memory layout: <c>[N, C, H, W]</c> tensors whose channels lie next to each other. libtorch follows the
/// strides and computes convolutions about twice as fast on a CPU; TorchSharp has no call for it.
/// </summary>
internal static class ChannelsLast
{
    /// <summary>Lays every 4-dimensional parameter of a module out channels-last. Values do not change.</summary>
    public static void Convert(nn.Module module)
    {
        using var noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        foreach (Tensor parameter in module.parameters().Where(parameter => parameter.dim() == 4))
        {
            parameter.set_(From(parameter));
        }
    }

    /// <summary>The same values, channels-last: <c>[N, C, H, W] -> [N, C, H, W]</c>.</summary>
    public static Tensor From(Tensor x) => x.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
}
