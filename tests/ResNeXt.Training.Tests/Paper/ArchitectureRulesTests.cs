using CsCheck;
using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training.Tests;

/// <summary>Section 3.1 and Table 1: stages, widths and maps; section 5.3 for CIFAR.</summary>
public sealed class ArchitectureRulesTests
{
    // Per stage: blocks, channels inside, channels out, edge of the map.
    [Theory]
    [InlineData("resnet50", 112, new[] { 3, 4, 6, 3 }, new[] { 64, 128, 256, 512 }, new[] { 256, 512, 1024, 2048 }, new[] { 56, 28, 14, 7 })]
    [InlineData("resnext50_32x4d", 112, new[] { 3, 4, 6, 3 }, new[] { 128, 256, 512, 1024 }, new[] { 256, 512, 1024, 2048 }, new[] { 56, 28, 14, 7 })]
    [InlineData("resnext29_2x64d_cifar", 32, new[] { 3, 3, 3 }, new[] { 128, 256, 512 }, new[] { 256, 512, 1024 }, new[] { 32, 16, 8 })]
    public void Module_NetworkOfThePaper_HasTheStagesOfTable1(string name, int stem, int[] blocks, int[] inner, int[] output, int[] edges)
    {
        ResNeXtArchitecture architecture = ResNeXtArchitecture.Parse(name);
        using var module = new ResNeXtModule(architecture, 10);
        using DisposeScope scope = NewDisposeScope();
        using var noGradient = no_grad();
        module.eval();

        Tensor x = module.conv1.forward(zeros(1, 3, architecture.DefaultImageSize, architecture.DefaultImageSize));
        Assert.Equal([1, 64, stem, stem], x.shape);
        x = architecture.Stem == ResNeXtStem.ImageNet ? nn.functional.max_pool2d(x, 3, 2, 1) : x;
        for (int stage = 0; stage < blocks.Length; stage++)
        {
            Bottleneck[] members = [.. module.Stages[stage].children().Cast<Bottleneck>()];
            x = module.Stages[stage].forward(x);

            Assert.Equal(blocks[stage], members.Length);
            Assert.Equal([1, output[stage], edges[stage], edges[stage]], x.shape);
            Assert.All(members, block => Assert.Equal([inner[stage], inner[stage] / architecture.Cardinality, 3, 3], block.conv2.weight!.shape));
        }

        Assert.Equal(module.Stages.Count, blocks.Length);
        Assert.Equal(x.shape[1], module.fc.in_features);
    }

    // Blocks of one map size share their widths, and when the map halves the width doubles. Width times edge is then one number in
    // the whole network, and so is the cost of a block; the first block of a stage also changes shapes.
    [Fact]
    public void Summary_AnyArchitecture_FollowsTheTwoRules() =>
        Gen.Select(Gen.Int[1, 12], Gen.Int[1, 64], Gen.Int[1, 64], Gen.Bool).ForAll("0000000000012", drawn =>
        {
            (int size, int cardinality, int width, bool cifar) = drawn;
            string name = cifar ? $"resnext{(9 * size) + 2}_{cardinality}x{width}d_cifar" : $"resnext{(3 * (size + 3)) + 2}_{cardinality}x{width}d";
            ResNeXtArchitecture architecture = ResNeXtArchitecture.Parse(name);
            var blocks = ArchitectureSummary.Of(architecture, architecture.DefaultImageSize, 10).Layers
                .Where(layer => layer.Name.StartsWith("layer", StringComparison.Ordinal))
                .GroupBy(layer => layer.Name[..layer.Name.LastIndexOf('.')])
                .Where(block => block.Count() == 3);

            Assert.True(blocks.Select(block => string.Join(' ', block.Select(layer => layer.Output[0] * layer.Output[1]))).Distinct().Count() <= 1);
            Assert.True(blocks.Select(block => block.Sum(layer => layer.MultiplyAdds)).Distinct().Count() <= 1);
        });

    // Section 5.3: three stages of n blocks, 9n + 2 layers; the depths of the paper's code.
    [Theory]
    [InlineData(29, 3)]
    [InlineData(38, 4)]
    [InlineData(47, 5)]
    [InlineData(56, 6)]
    [InlineData(101, 11)]
    public void Parse_CifarDepth_IsNineNAndTwo(int depth, int n) => Assert.Equal([n, n, n], ResNeXtArchitecture.Parse($"resnext{depth}_8x64d_cifar").Blocks);
}
