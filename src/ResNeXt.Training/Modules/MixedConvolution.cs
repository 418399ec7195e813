using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ResNeXt.Training;

/// <summary>A convolution in the precision of its input: with one in bfloat16 the weight, which stays in float32, is rounded for this call alone.</summary>
internal static class MixedConvolution
{
    /// <param name="convolution">The convolution, without bias.</param>
    /// <param name="x">Its input; the gradient of the weight has the precision of the weight.</param>
    public static Tensor Convolve(this Conv2d convolution, Tensor x)
    {
        if (x.dtype == convolution.weight!.dtype)
        {
            return convolution.forward(x);
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor weight = convolution.weight.to(x.dtype); // lies as the weight does
        return nn.functional.conv2d(x, weight, null, convolution.stride, convolution.padding, convolution.dilation, convolution.groups).MoveToOuterDisposeScope();
    }
}
