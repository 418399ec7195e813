using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ResNeXt.Training.Tests;

/// <summary>Section 4: where normalisation, ReLU and stride stand.</summary>
public sealed class ImplementationTests
{
    [Fact]
    public void Module_EveryConvolution_HasNoBiasAndANormalizationOfOneAndZero()
    {
        using var module = new ResNeXtModule(ResNeXtArchitecture.Parse("resnext14_2x4d"), 2);
        using DisposeScope scope = NewDisposeScope();
        Conv2d[] convolutions = [.. module.modules().OfType<Conv2d>()];
        BatchNorm[] normalizations = [.. module.modules().OfType<BatchNorm>()];

        Assert.Equal(convolutions.Select(convolution => convolution.out_channels).Order(), normalizations.Select(normalization => normalization.weight.numel()).Order());
        Assert.All(convolutions, convolution => Assert.Null(convolution.bias));
        Assert.All(normalizations, normalization => Assert.Equal((1, 0), (normalization.weight.min().item<float>(), normalization.bias.abs().max().item<float>())));
    }

    [Fact]
    public void Stage_FirstBlock_HasTheStrideOnIts3x3()
    {
        using var module = new ResNeXtModule(ResNeXtArchitecture.Parse("resnext26_2x4d"), 2);
        Bottleneck[] blocks = [.. module.modules().OfType<Bottleneck>()];

        Assert.Equal([1, 1, 2, 1, 2, 1, 2, 1], blocks.Select(block => block.conv2.stride![0]));
        Assert.All(blocks, block => Assert.Equal((1, 1), (block.conv1.stride![0], block.conv3.stride![0])));
    }

    // ReLU after each normalisation; after the last one the shortcut is added first.
    [Fact]
    public void Forward_Block_IsConvolutionNormalizationReLU()
    {
        manual_seed(8);
        using DisposeScope scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var block = new Bottleneck(16, 8, 16, groups: 2, stride: 1);
        RandomStatistics.Fill(block);
        block.eval();
        Tensor x = randn(2, 16, 6, 6);

        Tensor y = Normalized(functional.conv2d(x, block.conv1.weight!), block.bn1).relu();
        y = Normalized(functional.conv2d(y, block.conv2.weight!, padding: [1L, 1L], groups: 2), block.bn2).relu();
        y = Normalized(functional.conv2d(y, block.conv3.weight!), block.bn3);
        y = stack([y, x]).sum([0L]).relu();

        Assert.Equal(0, y.sub(block.forward(x)).abs().max().item<float>(), tolerance: 1e-6);
    }

    // gamma (x - mean) / sqrt(var + eps) + beta
    private static Tensor Normalized(Tensor x, BatchNorm n) =>
        functional.batch_norm(x, n.running_mean, n.running_var, n.weight, n.bias, training: false, eps: 1e-5);
}
