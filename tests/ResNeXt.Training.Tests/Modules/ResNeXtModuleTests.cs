using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ResNeXt.Training.Tests;

public sealed class ResNeXtModuleTests
{
    [Theory]
    [InlineData("resnext11_4x4d", 3, 64)]
    [InlineData("resnext14_2x4d", 3, 64)]
    [InlineData("resnext50_32x4d", 1000, 64)]
    [InlineData("resnext11_4x4d_cifar", 10, 32)]
    public void Module_AnyArchitecture_HasTheSummarysParametersAndShapes(string name, int classes, int imageSize)
    {
        ResNeXtArchitecture architecture = ResNeXtArchitecture.Parse(name);
        using var module = new ResNeXtModule(architecture, classes);
        using DisposeScope scope = NewDisposeScope();
        using var noGradient = no_grad();
        module.eval();

        Tensor x = rand(2, 3, imageSize, imageSize);

        Assert.Equal(ArchitectureSummary.Of(architecture, imageSize, classes).Parameters, module.ParameterCount);
        Assert.Equal([2, architecture.FeatureWidth], module.Features(x).shape);
        Assert.Equal([2, classes], module.forward(x).shape);
    }

    [Fact]
    public void Module_MadeInsideAScope_OutlivesIt()
    {
        ResNeXtModule module;
        using (NewDisposeScope())
        {
            module = new ResNeXtModule(ResNeXtArchitecture.Parse("resnext14_2x4d"), 2);
        }

        using (module)
        using (DisposeScope scope = NewDisposeScope())
        {
            module.train();
            Assert.Equal([2, 2], module.forward(rand(2, 3, 64, 64)).shape);
        }
    }

    [Fact]
    public void Module_New_CarriesTorchvisionsNames()
    {
        using var module = new ResNeXtModule(ResNeXtArchitecture.Parse("resnext14_2x4d"), 2);

        string[] names = [.. module.state_dict().Keys];

        Assert.Contains("conv1.weight", names);
        Assert.Contains("bn1.running_mean", names);
        Assert.Contains("layer1.0.conv2.weight", names);
        Assert.Contains("layer4.0.downsample.0.weight", names);
        Assert.Contains("layer4.0.downsample.1.num_batches_tracked", names);
        Assert.Contains("fc.bias", names);
    }

    [Fact]
    public void Module_New_IsInitialisedByFanOut()
    {
        manual_seed(0);
        using var module = new ResNeXtModule(ResNeXtArchitecture.Parse("resnext14_8x16d"), 2);
        using DisposeScope scope = NewDisposeScope();
        var block = (Bottleneck)module.layer3[0];

        // 3x3 to 512 channels: sqrt(2 / (3 * 3 * 512)); the formula ignores groups (paper's code).
        Assert.Equal(Math.Sqrt(2.0 / (9 * 512)), block.conv2.weight!.std().item<float>(), tolerance: 5e-4);
        Assert.Equal(0, block.conv2.weight!.mean().item<float>(), tolerance: 5e-4);
        Assert.Equal(1, block.bn3.weight.min().item<float>());
        Assert.Equal(0, module.fc.bias!.abs().max().item<float>());
    }

    [Fact]
    public void Module_SameSeed_HasSameWeights()
    {
        Assert.Equal(First(), First());

        static float First()
        {
            manual_seed(7);
            using var module = new ResNeXtModule(ResNeXtArchitecture.Parse("resnext14_2x4d"), 2);
            using DisposeScope scope = NewDisposeScope();
            return module.conv1.weight![0, 0, 0, 0].item<float>();
        }
    }

    [Fact]
    public void Convert_Parameters_ChangesLayoutAndNotValues()
    {
        manual_seed(0);
        using Conv2d convolution = nn.Conv2d(8, 4, 3);
        using DisposeScope scope = NewDisposeScope();
        Tensor before = convolution.weight!.clone();

        ChannelsLast.Convert(convolution);

        Assert.Equal([72, 1, 24, 8], convolution.weight!.stride());
        Assert.Equal(0, (convolution.weight! - before).abs().max().item<float>());
    }

    // libtorch warns of gradients that lie otherwise than their parameters, and then copies them in every step.
    [Theory]
    [InlineData("resnext14_8x4d", 32)]
    [InlineData("resnext11_4x4d_cifar", 16)]
    public void Backward_AnyLayer_GradientsLieAsTheirParameters(string architecture, int size)
    {
        using var module = new ResNeXtModule(ResNeXtArchitecture.Parse(architecture), 3);
        using DisposeScope scope = NewDisposeScope();

        module.forward(ChannelsLast.From(randn(4, 3, size, size))).sum().backward();

        Assert.All(module.named_parameters(), pair =>
        {
            Tensor gradient = pair.parameter.grad!;
            int[] wide = [.. Enumerable.Range(0, (int)gradient.dim()).Where(i => gradient.shape[i] > 1)]; // the stride of an edge of 1 means nothing
            Assert.Equal(wide.Select(i => pair.parameter.stride()[i]), wide.Select(i => gradient.stride()[i]));
        });
    }
}
