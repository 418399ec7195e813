using System.Text.Json;
using ResNeXt.MLNet;

namespace ResNeXt.Training.Tests;

public sealed class PublishedWeightsTests
{
    private static readonly string[] Goldens = [RepositoryFiles.Root, "tests", "ResNeXt.Training.Tests", "Weights", "Published", "torchvision.json"];

    [Fact]
    public void All_TorchvisionsWeights_AreAsTorchvisionDescribesThem()
    {
        JsonElement[] expected = [.. JsonDocument.Parse(File.ReadAllText(Path.Combine(Goldens))).RootElement.EnumerateArray()];

        Assert.Equal(
            expected.Select(row => row.GetProperty("name").GetString()).Order(),
            PublishedWeights.All.Select(weights => weights.TorchvisionName).OfType<string>().Order());
        foreach (JsonElement row in expected)
        {
            PublishedWeights weights = PublishedWeights.Find(row.GetProperty("name").GetString()!)!;
            Assert.Equal(row.GetProperty("url").GetString(), weights.Url);
            Assert.Equal(row.GetProperty("parameters").GetInt64(), weights.Parameters);
            Assert.Equal(row.GetProperty("top1").GetDouble(), weights.Top1);
            Assert.Equal(row.GetProperty("top5").GetDouble(), weights.Top5);
            Assert.Equal(row.GetProperty("resize").GetInt32(), weights.Preprocessing.ResizeSize);
            Assert.Equal(row.GetProperty("crop").GetInt32(), weights.Preprocessing.ImageSize);
            Assert.Equal("bilinear", row.GetProperty("interpolation").GetString());
            Assert.Equal(ImageInterpolation.Bilinear, weights.Preprocessing.Interpolation);
            Assert.Equal(row.GetProperty("mean").EnumerateArray().Select(value => value.GetSingle()), weights.Preprocessing.Mean);
            Assert.Equal(row.GetProperty("std").EnumerateArray().Select(value => value.GetSingle()), weights.Preprocessing.StandardDeviation);
        }
    }

    [Fact]
    public void All_Rows_AreSound()
    {
        Assert.Equal(PublishedWeights.All.Count, PublishedWeights.All.Select(weights => weights.Name).Distinct().Count());
        Assert.Equal(PublishedWeights.All.Count, PublishedWeights.All.Select(weights => weights.FileName).Distinct().Count());
        Assert.Equal(PublishedWeights.All.Count, PublishedWeights.All.Select(weights => weights.Sha256Prefix).Distinct().Count());
        Assert.All(PublishedWeights.All, weights =>
        {
            Assert.Equal(weights.Architecture, ResNeXtArchitecture.Parse(weights.Architecture).Name);
            Assert.Equal("https", new Uri(weights.Url).Scheme);
            Assert.Matches(@"^[\w-]+-[0-9a-f]{8}\.pth$", weights.FileName);
            Assert.InRange(weights.Top1, 70, weights.Top5);
            Assert.InRange(weights.Top5, weights.Top1, 100);
            weights.Preprocessing.Validated();
        });
    }

    [Theory]
    [InlineData("resnext50_32x4d", "resnext50_32x4d.tv2_in1k")]
    [InlineData("resnext101_32x4d", "resnext101_32x4d.gluon_in1k")]
    [InlineData("resnext101_64x4d", "resnext101_64x4d.tv_in1k")]
    [InlineData("ResNeXt101_32X8D_Weights.IMAGENET1K_V1", "resnext101_32x8d.tv_in1k")]
    [InlineData("resnext101_32x16d", null)] // there are weights, but none for every use
    [InlineData("resnext29_8x64d_cifar", null)]
    [InlineData("", null)]
    public void Find_Name_IsTheWeightsOfThatName(string name, string? expected) => Assert.Equal(expected, PublishedWeights.Find(name)?.Name);

    [Fact]
    public void Find_ArchitectureAlone_IsNeverNonCommercial() =>
        Assert.All(PublishedWeights.All, weights => Assert.NotEqual(true, PublishedWeights.Find(weights.Architecture)?.NonCommercial));

    [Fact]
    public void NonCommercial_FacebooksWeights_AreMarked() =>
        Assert.All(PublishedWeights.All, weights => Assert.Equal(weights.Name.Contains(".fb_", StringComparison.Ordinal), weights.NonCommercial));

    [Fact]
    public void OfHash_PublishedFile_IsRecognised()
    {
        Assert.Equal("resnext50_32x4d.tv_in1k", PublishedWeights.OfHash("7cdf4587" + new string('0', 56))?.Name);
        Assert.Null(PublishedWeights.OfHash(new string('0', 64)));
    }

    [Fact]
    public void All_Table_IsTheOneInTheDocument()
    {
        string path = Path.Combine(RepositoryFiles.Root, "docs", "models.md");
        string[] document = File.ReadAllLines(path);
        string[] current =
        [
            .. document.TakeWhile(line => !line.StartsWith('|')),
            "| name | parameters | top-1 | top-5 | input | resized to | filter | licence | SHA-256 |",
            "|---|---|---|---|---|---|---|---|---|",
            .. PublishedWeights.All.Select(weights => FormattableString.Invariant(
                $"| [{weights.Name}]({weights.Url}) | {weights.Parameters / 1e6:F1} M | {weights.Top1:F2} | {weights.Top5:F2} | {weights.Preprocessing.ImageSize} | {weights.Preprocessing.ResizeSize} | {weights.Preprocessing.Interpolation.ToString().ToLowerInvariant()} | {weights.License} | {weights.Sha256Prefix} |")),
            .. document.SkipWhile(line => !line.StartsWith('|')).SkipWhile(line => line.StartsWith('|')),
        ];
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
        {
            File.WriteAllLines(path, current);
        }

        Assert.True(current.SequenceEqual(File.ReadAllLines(path)), "docs/models.md is not current: run this test with UPDATE_DOCS=1.");
    }
}
