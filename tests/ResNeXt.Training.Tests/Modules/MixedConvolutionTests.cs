using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ResNeXt.Training.Tests;

public sealed class MixedConvolutionTests
{
    /// <summary>In float32 on the same rounded numbers: sums that bfloat16 accumulated would be further off.</summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 1)]
    [InlineData(3, 8)]
    public void Convolve_InputInBFloat16_IsTheRoundedResultOfFloat32(int kernel, int groups)
    {
        using DisposeScope scope = NewDisposeScope();
        manual_seed(7);
        using Conv2d convolution = nn.Conv2d(32, 64, kernel, stride: 2, padding: kernel / 2, groups: groups, bias: false);
        ChannelsLast.Convert(convolution);
        Tensor x = ChannelsLast.From(randn(4, 32, 14, 14)).to(ScalarType.BFloat16);
        Tensor weight = convolution.weight!.detach().to(ScalarType.BFloat16).to(ScalarType.Float32).requires_grad_();

        Tensor expected = nn.functional.conv2d(x.to(ScalarType.Float32), weight, null, [2, 2], [kernel / 2, kernel / 2], [1, 1], groups), actual = convolution.Convolve(x);
        Tensor direction = randn_like(expected).to(ScalarType.BFloat16);
        expected.backward([direction.to(ScalarType.Float32)]);
        actual.backward([direction]);

        Assert.Equal((ScalarType.BFloat16, ScalarType.Float32), (actual.dtype, convolution.weight.grad!.dtype));
        Assert.True(actual.permute(0, 2, 3, 1).is_contiguous(), "The result does not lie channels-last.");
        Near(expected, actual);
        Near(weight.grad!, convolution.weight.grad!);

        static void Near(Tensor expected, Tensor actual) =>
            Assert.InRange((expected - actual.to(ScalarType.Float32)).abs().max().item<float>(), 0, expected.abs().max().item<float>() / 256);
    }
}
