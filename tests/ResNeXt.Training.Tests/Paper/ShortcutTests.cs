using ResNeXt.MLNet;
using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training.Tests;

/// <summary>Shortcuts A, B and C (section 4, from He et al.), and none: the ablation of section 5.1.</summary>
public sealed class ShortcutTests(Shapes shapes)
{
    [Theory]
    [InlineData("resnext14_2x4d", nameof(ShortcutType.None), 0)]
    [InlineData("resnext14_2x4d", nameof(ShortcutType.A), 0)]
    [InlineData("resnext14_2x4d", nameof(ShortcutType.B), 4)]
    [InlineData("resnext20_2x4d_cifar", nameof(ShortcutType.B), 3)]
    [InlineData("resnext20_2x4d_cifar", nameof(ShortcutType.C), 6)]
    public void Module_EveryShortcut_HasItsProjectionsAndLearns(string name, string shortcut, int projections)
    {
        manual_seed(5);
        ResNeXtArchitecture architecture = With(name, shortcut);
        using var module = new ResNeXtModule(architecture, 3);
        using DisposeScope scope = NewDisposeScope();

        module.train();
        module.forward(rand(2, 3, 32, 32)).sum().backward();

        var summary = ArchitectureSummary.Of(architecture, 32, 3);
        Assert.Equal(projections, module.modules().OfType<Bottleneck>().Count(block => block.downsample is not null));
        Assert.Equal(projections, summary.Layers.Count(layer => layer.Name.EndsWith(".downsample", StringComparison.Ordinal)));
        Assert.Equal(module.ParameterCount, summary.Parameters);
        Assert.All(module.parameters(), parameter => Assert.True(parameter.grad!.abs().max().item<float>() > 0));
    }

    // With the last gamma zero the convolutions add nothing; what is left is the shortcut, and the ReLU that follows the addition.
    [Theory]
    [InlineData(nameof(ShortcutType.None), 1)]
    [InlineData(nameof(ShortcutType.A), 1)]
    [InlineData(nameof(ShortcutType.A), 2)]
    [InlineData(nameof(ShortcutType.B), 1)]
    [InlineData(nameof(ShortcutType.B), 2)]
    [InlineData(nameof(ShortcutType.C), 1)]
    public void Forward_LastGammaZero_IsTheReLUOfTheShortcut(string shortcut, int stride)
    {
        manual_seed(6);
        using DisposeScope scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var block = new Bottleneck(8, 4, 8 * stride, groups: 2, stride, Enum.Parse<ShortcutType>(shortcut));
        block.bn3.weight.zero_();
        block.eval();
        Tensor x = randn(2, 8, 5, 5);

        Tensor expected = (shortcut, stride) switch
        {
            (nameof(ShortcutType.None), _) => zeros_like(x),
            (nameof(ShortcutType.A), 2) => cat([x.slice(2, 0, 5, 2).slice(3, 0, 5, 2), zeros(2, 8, 3, 3)], 1),
            _ => block.downsample?.forward(x) ?? x,
        };

        Assert.Equal((stride == 2 && shortcut == nameof(ShortcutType.B)) || shortcut == nameof(ShortcutType.C), block.downsample is not null);
        Assert.Equal(0, block.forward(x).sub(expected.relu()).abs().max().item<float>());
    }

    [Theory]
    [InlineData(nameof(ShortcutType.None))]
    [InlineData(nameof(ShortcutType.A))]
    [InlineData(nameof(ShortcutType.C))]
    public void Export_EveryShortcut_AgreesWithTorchSharp(string shortcut)
    {
        manual_seed(7);
        using var module = new ResNeXtModule(With("resnext11_4x4d_cifar", shortcut), 2);
        RandomStatistics.Fill(module);
        ResNeXtMetadata metadata = OnnxExporter.Describe(module, ["a", "b"], OnnxExporter.DefaultPreprocessing(module.Architecture));

        Assert.NotEqual(0, OnnxExporter.Export(module, metadata, shapes.NewPath(".onnx")).MaxAbsError); // throws beyond its bound
    }

    private static ResNeXtArchitecture With(string name, string shortcut) => ResNeXtArchitecture.Parse(name) with { Shortcut = Enum.Parse<ShortcutType>(shortcut) };
}
