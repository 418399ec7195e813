namespace ResNeXt.Training.Tests;

public sealed class ResNeXtArchitectureTests
{
    // The paper's Table 1, 3, 4 and 7 with the formulas of its code: name, classes, parameters, 10^9 multiply-adds.
    public static TheoryData<string, int, long, double> Paper => new()
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
    [MemberData(nameof(Paper))]
    public void Summary_PaperArchitecture_CountsWhatThePaperCounts(string name, int classes, long parameters, double billionMultiplyAdds)
    {
        ResNeXtArchitecture architecture = ResNeXtArchitecture.Parse(name);
        var summary = ArchitectureSummary.Of(architecture, architecture.DefaultImageSize, classes);

        Assert.Equal(parameters, summary.Parameters);
        Assert.Equal(billionMultiplyAdds, summary.MultiplyAdds / 1e9, tolerance: 0.0051);
    }

    [Theory]
    [InlineData("resnext14_8x4d", new[] { 1, 1, 1, 1 })]
    [InlineData("resnext20_8x4d", new[] { 2, 2, 1, 1 })]
    [InlineData("resnext26_32x4d", new[] { 2, 2, 2, 2 })]
    [InlineData("resnext50_32x4d", new[] { 3, 4, 6, 3 })]
    [InlineData("resnet152", new[] { 3, 8, 36, 3 })]
    [InlineData("resnext20_8x4d_cifar", new[] { 2, 2, 2 })]
    public void Parse_Name_SplitsDepthOverStages(string name, int[] blocks) =>
        Assert.Equal(blocks, ResNeXtArchitecture.Parse(name).Blocks);

    [Theory]
    [InlineData("resnext")]
    [InlineData("resnet18")]
    [InlineData("resnext50")]
    [InlineData("ResNeXt50_32x4d")]
    [InlineData("resnext50_32x4d ")]
    [InlineData("resnext51_32x4d")]
    [InlineData("resnext11_8x4d")]
    [InlineData("resnext28_8x64d_cifar")]
    [InlineData("resnext50_0x4d")]
    [InlineData("resnext50_9999x4d")]
    public void Parse_ImpossibleName_NamesIt(string name)
    {
        var exception = Assert.Throws<ArgumentException>(() => ResNeXtArchitecture.Parse(name));

        Assert.Contains($"'{name}'", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Known_EveryName_Parses() => Assert.All(ResNeXtArchitecture.Known, name => Assert.Equal(name, ResNeXtArchitecture.Parse(name).Name));
}
