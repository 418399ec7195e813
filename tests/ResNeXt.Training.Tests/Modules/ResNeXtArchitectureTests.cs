namespace ResNeXt.Training.Tests;

public sealed class ResNeXtArchitectureTests
{
    [Theory]
    [InlineData("resnext11_8x4d", new[] { 1, 1, 1 })]
    [InlineData("resnext14_8x4d", new[] { 1, 1, 1, 1 })]
    [InlineData("resnext20_8x4d", new[] { 2, 2, 1, 1 })]
    [InlineData("resnext26_32x4d", new[] { 2, 2, 2, 2 })]
    [InlineData("resnext50_32x4d", new[] { 3, 4, 6, 3 })]
    [InlineData("resnet152", new[] { 3, 8, 36, 3 })]
    [InlineData("resnext20_8x4d_cifar", new[] { 2, 2, 2 })]
    [InlineData("resnext20_8x4d_small", new[] { 2, 2, 2 })]
    public void Parse_Name_SplitsDepthOverStages(string name, int[] blocks) =>
        Assert.Equal(blocks, ResNeXtArchitecture.Parse(name).Blocks);

    [Theory]
    [InlineData("resnext")]
    [InlineData("resnet18")]
    [InlineData("resnext50")]
    [InlineData("ResNeXt50_32x4d")]
    [InlineData("resnext50_32x4d ")]
    [InlineData("resnext51_32x4d")]
    [InlineData("resnext8_8x4d")]
    [InlineData("resnext28_8x64d_cifar")]
    [InlineData("resnext14_8x4d_small")]
    [InlineData("resnext20_8x4d_cifar_small")]
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
