using ResNeXt.MLNet;

namespace ResNeXt.Training.Tests;

public sealed class StartingWeightsTests
{
    private const long EmbeddedMultiplyAdds = 100_000_000, ResNeXt50 = 4_000_000_000;

    private static readonly ResNeXtArchitecture Small = ResNeXtArchitecture.Parse("resnext20_8x8d_small");
    private static readonly TrainOptions Nothing = new() { Data = [], Out = "" };
    private static readonly StartingPoint Embedded = new(EmbeddedWeights.Name, Small, OnnxExporter.DefaultPreprocessing(Small).Scaled(64));

    private readonly List<string> _log = [];

    [Fact]
    public void Choose_NothingPulled_TakesTheEmbeddedOnesAndMeasuresNothing() =>
        Assert.Equal(EmbeddedWeights.Name, StartingWeights.Choose(Nothing, Data(200), Embedded, [], new Lazy<TrainingSpeed>(() => throw new InvalidOperationException()), _log.Add).Weights);

    [Fact]
    public void Choose_FastMachine_TakesTheBestThatIsFreeForEveryUse()
    {
        string[] pulled = ["resnext50_32x4d.tv_in1k", "resnext50_32x4d.tv2_in1k", "resnext101_32x8d.fb_swsl_ig1b_ft_in1k", "resnext50_32x4d.fb_swsl_ig1b_ft_in1k"];

        Assert.Equal("resnext50_32x4d.tv2_in1k", Choose(200, imagesPerSecond: 1000, pulled).Weights);
        Assert.Empty(_log);
        Assert.Equal(EmbeddedWeights.Name, Choose(200, imagesPerSecond: 1000, pulled[2..]).Weights);
    }

    [Fact]
    public void Choose_BetterOnesTooSlow_TakesTheBestThatEndInTimeAndSaysSo()
    {
        // 200 photos are shown 50 times, and 50 validated: about 10,800 images' worth; 30 minutes at 6 a second, and not at 2.
        string[] pulled = ["resnext101_64x4d.tv_in1k", "resnext50_32x4d.tv2_in1k"];

        Assert.Equal("resnext50_32x4d.tv2_in1k", Choose(200, imagesPerSecond: 8, pulled).Weights);
        string note = Assert.Single(_log);
        Assert.Contains("'resnext101_64x4d.tv_in1k' is pulled, but training it would take about", note, StringComparison.Ordinal);
        Assert.Contains("--weights resnext101_64x4d.tv_in1k", note, StringComparison.Ordinal);
        Assert.Equal(EmbeddedWeights.Name, Choose(200, imagesPerSecond: 2, pulled).Weights);
    }

    /// <summary>What is given counts: two epochs of small images are soon done.</summary>
    [Fact]
    public void Choose_FewEpochsOfSmallImages_LeaveTimeForLargeNetworks() => Assert.Equal(
        "resnext50_32x4d.tv2_in1k", StartingWeights.Choose(Nothing with { Epochs = 2, ImageSize = 112 }, Data(2000), Embedded, Pulled("resnext50_32x4d.tv2_in1k"), Speed(2), _log.Add).Weights);

    private static DataSplit Data(int training) => new(
        ["a", "b"],
        [.. Enumerable.Range(0, training).Select(i => new Sample($"{i}", i % 2))],
        [.. Enumerable.Range(0, training / 4).Select(i => new Sample($"v{i}", i % 2))]);

    private static IEnumerable<PublishedWeights> Pulled(params string[] names) => names.Select(name => PublishedWeights.Find(name)!);

    /// <summary>Of a machine that trains so many images a second with ResNeXt-50 at 224 pixels.</summary>
    private static Lazy<TrainingSpeed> Speed(double imagesPerSecond)
    {
        double step = (double)EmbeddedMultiplyAdds / ResNeXt50 / imagesPerSecond;
        return new Lazy<TrainingSpeed>(new TrainingSpeed(EmbeddedMultiplyAdds, step, step / 3, 0.002));
    }

    private ChosenStart Choose(int photos, double imagesPerSecond, string[] pulled) =>
        StartingWeights.Choose(Nothing, Data(photos), Embedded, Pulled(pulled), Speed(imagesPerSecond), _log.Add);
}
