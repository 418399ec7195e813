using TorchSharp.Modules;

namespace ResNeXt.Training.Tests;

/// <summary>Parameters and multiply-adds: Equation 4 and Tables 1, 2, 3, 4 and 7.</summary>
public sealed class ComplexityTests
{
    private const double Percent = 0.01;

    // Every network of Tables 1, 3, 4, 7 and Fig. 7, counted with the formulas of the paper's code: name, classes, parameters, 10^9 multiply-adds.
    public static TheoryData<string, int, long, double> Networks => new()
    {
        { "resnet50", 1000, 25_557_032, 4.09 },
        { "resnext50_1x64d", 1000, 25_557_032, 4.09 },
        { "resnext50_2x40d", 1000, 25_425_000, 4.12 },
        { "resnext50_4x24d", 1000, 25_292_968, 4.16 },
        { "resnext50_8x14d", 1000, 25_603_016, 4.27 },
        { "resnext50_32x4d", 1000, 25_028_904, 4.23 },
        { "resnet101", 1000, 44_549_160, 7.80 },
        { "resnext101_2x40d", 1000, 44_456_296, 7.84 },
        { "resnext101_4x24d", 1000, 44_363_432, 7.89 },
        { "resnext101_8x14d", 1000, 45_104_328, 8.08 },
        { "resnext101_32x4d", 1000, 44_177_704, 7.97 },
        { "resnext101_1x100d", 1000, 85_611_336, 15.27 },
        { "resnext101_2x64d", 1000, 84_198_184, 15.12 },
        { "resnext101_64x4d", 1000, 83_455_272, 15.46 },
        { "resnext101_32x8d", 1000, 88_791_336, 16.41 },
        { "resnext152_32x4d", 1000, 59_951_400, 11.71 },
        { "resnext152_64x4d", 1000, 114_971_944, 22.94 },
        { "resnext29_1x64d_cifar", 10, 4_914_250, 0.75 },
        { "resnext29_1x64d_cifar", 100, 5_006_500, 0.75 },
        { "resnext29_2x64d_cifar", 10, 9_130_314, 1.41 },
        { "resnext29_4x64d_cifar", 10, 17_562_442, 2.74 },
        { "resnext29_8x64d_cifar", 10, 34_426_698, 5.39 },
        { "resnext29_8x64d_cifar", 100, 34_518_948, 5.39 },
        { "resnext29_16x64d_cifar", 10, 68_155_210, 10.69 },
        { "resnext29_16x64d_cifar", 100, 68_247_460, 10.69 },
    };

    [Theory]
    [MemberData(nameof(Networks))]
    public void Summary_NetworkOfThePaper_HasItsParametersAndMultiplyAdds(string name, int classes, long parameters, double billionMultiplyAdds)
    {
        ArchitectureSummary summary = Summary(name, classes);

        Assert.Equal(parameters, summary.Parameters);
        Assert.Equal(billionMultiplyAdds, summary.MultiplyAdds / 1e9, tolerance: 0.0051);
    }

    [Theory]
    [InlineData("resnet50", 1000, 25.5)] // Table 1
    [InlineData("resnext50_32x4d", 1000, 25.0)]
    [InlineData("resnext29_8x64d_cifar", 10, 34.4)] // Table 7
    [InlineData("resnext29_16x64d_cifar", 10, 68.1)]
    public void Summary_MillionParametersThatThePaperPrints_AreWithinAPercent(string name, int classes, double printed) =>
        Assert.Equal(printed, Summary(name, classes).Parameters / 1e6, tolerance: Percent * printed);

    [Theory]
    [InlineData("resnet50", 4.1)] // Table 1
    [InlineData("resnext50_32x4d", 4.2)]
    [InlineData("resnet101", 7.8)] // Table 3
    public void Summary_BillionMultiplyAddsThatThePaperPrints_AreWithinAPercent(string name, double printed) =>
        Assert.Equal(printed, Summary(name, 1000).MultiplyAdds / 1e9, tolerance: Percent * printed);

    // Table 2 with Equation 4: cardinality, width of a path, width of the grouped convolution, C (256 d + 3 3 d d + 256 d).
    [Theory]
    [InlineData(1, 64, 64, 69_632)]
    [InlineData(2, 40, 80, 69_760)]
    [InlineData(4, 24, 96, 69_888)]
    [InlineData(8, 14, 112, 71_456)]
    [InlineData(32, 4, 128, 70_144)]
    public void Block_TemplatesOfEqualComplexity_HaveTheParametersOfEquation4(int cardinality, int width, int groupWidth, long parameters)
    {
        string name = $"resnext50_{cardinality}x{width}d";
        int inner = ResNeXtArchitecture.Parse(name).InnerChannels(stage: 0);
        using var paths = new MultiPathBottleneck(256, inner, 256, cardinality, stride: 1, concatenate: false);
        using var grouped = new Bottleneck(256, inner, 256, cardinality, stride: 1);
        LayerSummary[] layers = [.. Summary(name, 1000).Layers.Where(layer => layer.Name.StartsWith("layer1.1.", StringComparison.Ordinal))];

        Assert.Equal(groupWidth, inner);
        Assert.Equal(parameters, paths.modules().OfType<Conv2d>().Sum(convolution => convolution.weight!.numel()));
        Assert.Equal(parameters, grouped.modules().OfType<Conv2d>().Sum(convolution => convolution.weight!.numel()));
        Assert.Equal(0.22, Math.Round(layers.Sum(layer => layer.MultiplyAdds) / 1e9, 2));
    }

    // Section 5.1: the networks of Table 4 cost twice the 1x64d and 32x4d ones above them.
    [Theory]
    [InlineData("resnext101_1x100d")]
    [InlineData("resnext101_2x64d")]
    [InlineData("resnext101_64x4d")]
    public void Summary_NetworksOfTable4_CostTwiceResNet101(string name) =>
        Assert.InRange((double)Summary(name, 1000).MultiplyAdds / Summary("resnet101", 1000).MultiplyAdds, 1.93, 2.0);

    // Counted by hooks on torchvision's networks: the values that convolutions and the last layer put out.
    [Theory]
    [InlineData("resnet50", 11_114_984)]
    [InlineData("resnext50_32x4d", 14_401_512)]
    public void Summary_Activations_AreTorchvisions(string name, long activations) => Assert.Equal(activations, Summary(name, 1000).Activations);

    private static ArchitectureSummary Summary(string name, int classes)
    {
        ResNeXtArchitecture architecture = ResNeXtArchitecture.Parse(name);
        return ArchitectureSummary.Of(architecture, architecture.DefaultImageSize, classes);
    }
}
