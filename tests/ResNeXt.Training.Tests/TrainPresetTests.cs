namespace ResNeXt.Training.Tests;

public sealed class TrainPresetTests
{
    private static readonly TrainOptions Nothing = new() { Data = [], Out = "" };

    [Fact]
    public void Apply_AnyPreset_IsValid() => Assert.All(TrainPreset.Names, name => TrainPreset.Apply(name, Nothing).Validated());

    [Fact]
    public void Apply_UnknownName_ListsThePresets() =>
        Assert.Contains("paper-cifar", Assert.Throws<ArgumentException>(() => TrainPreset.Apply("paper", Nothing)).Message, StringComparison.Ordinal);

    // 0.1, divided by 10 after 30, 60 and 90 of 100 epochs; on CIFAR after 150 and 225 of 300.
    [Theory]
    [InlineData("paper-imagenet", "resnext50_32x4d", 256, 1e-4, "30, 60, 90")]
    [InlineData("paper-cifar", "resnext29_8x64d_cifar", 128, 5e-4, "150, 225")]
    public void Apply_Paper_HasItsFigures(string name, string network, int batchSize, double weightDecay, string drops)
    {
        var architecture = ResNeXtArchitecture.Parse(network);
        TrainOptions options = TrainPreset.Apply(name, Nothing).For(architecture, OnnxExporter.DefaultPreprocessing(architecture), photos: 1000);
        double[] rates = [.. Enumerable.Range(0, options.Epochs!.Value).Select(epoch => LearningRateSchedule.At(epoch, options.Epochs!.Value, options))];

        Assert.Equal((OptimizerKind.Sgd, 0.9, batchSize, weightDecay, null), (options.Optimizer, options.Momentum, options.BatchSize, options.WeightDecay!.Value, options.NormWeightDecay));
        Assert.Equal(drops, string.Join(", ", Enumerable.Range(1, options.Epochs!.Value - 1).Where(epoch => rates[epoch] < rates[epoch - 1])));
        Assert.Equal(0.1, rates[0], 1e-12);
        Assert.Equal(0.1 * Math.Pow(0.1, drops.Split(',').Length), rates[^1], 1e-12);
    }
}
