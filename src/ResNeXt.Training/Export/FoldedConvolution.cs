using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ResNeXt.Training;

/// <summary>
/// A convolution and the batch normalisation behind it as one convolution with a bias (evaluation mode):
/// <c>w' = w * gamma / sqrt(var + eps)</c>, <c>b' = beta - mean * gamma / sqrt(var + eps)</c>; computed in double precision.
/// </summary>
internal sealed record FoldedConvolution(float[] Weight, float[] Bias, long[] Shape, long Stride, long Padding, long Groups)
{
    public static FoldedConvolution Of(Conv2d convolution, BatchNorm2d normalization)
    {
        using var noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor scale = Double(normalization.weight!) / (Double(normalization.running_var!) + normalization.eps).sqrt();
        Tensor weight = Double(convolution.weight!) * scale.view(-1, 1, 1, 1);
        Tensor bias = Double(normalization.bias!) - (Double(normalization.running_mean!) * scale);
        return new FoldedConvolution(
            Floats(weight),
            Floats(bias),
            convolution.weight!.shape,
            convolution.stride![0],
            convolution.padding![0],
            convolution.groups);
    }

    private static Tensor Double(Tensor value) => value.detach().cpu().to(ScalarType.Float64);

    private static float[] Floats(Tensor value) => value.to(ScalarType.Float32).contiguous().data<float>().ToArray();
}
