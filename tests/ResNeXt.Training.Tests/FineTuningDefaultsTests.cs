using ResNeXt.MLNet;

namespace ResNeXt.Training.Tests;

public sealed class FineTuningDefaultsTests
{
    private static readonly ResNeXtArchitecture Small = ResNeXtArchitecture.Parse("resnext20_8x8d_small"), Cifar = ResNeXtArchitecture.Parse("resnext29_8x64d_cifar");

    [Theory]
    [InlineData(2, 60, 16)]
    [InlineData(50, 60, 16)]
    [InlineData(199, 50, 16)]
    [InlineData(200, 50, 32)]
    [InlineData(500, 20, 32)]
    [InlineData(8_000, 5, 32)]
    [InlineData(1_000_000, 5, 32)]
    public void For_FineTuning_ShowsAboutAsManyImages(int photos, int epochs, int batchSize)
    {
        var defaults = FineTuningDefaults.For(photos, fineTunes: true, Small);

        Assert.Equal((OptimizerKind.AdamW, epochs, batchSize, 0.1, 0.35), (defaults.Optimizer, defaults.Epochs, defaults.BatchSize, defaults.BackboneLearningRateScale, defaults.CropScale));
        Assert.Equal(0.01, defaults.LearningRate(OptimizerKind.AdamW, batchSize));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(1_000_000)]
    public void For_Scratch_IsThePapers(int photos)
    {
        var defaults = FineTuningDefaults.For(photos, fineTunes: false, Small);

        Assert.Equal((OptimizerKind.Sgd, 30, 32, 1, 0.08), (defaults.Optimizer, defaults.Epochs, defaults.BatchSize, defaults.BackboneLearningRateScale, defaults.CropScale));
        Assert.Equal(0.0125, defaults.LearningRate(OptimizerKind.Sgd, 32), 1e-12);
        Assert.Equal(0.00025, defaults.LearningRate(OptimizerKind.AdamW, 16), 1e-12);
    }

    [Fact]
    public void For_AnyNumberOfPhotos_IsValid() => Assert.All(
        Enumerable.Range(2, 3000),
        photos => new TrainOptions { Data = [], Out = "", Weights = "x" }.For(Small, OnnxExporter.DefaultPreprocessing(Small), photos).Validated());

    [Fact]
    public void WeightDecay_Optimizer_DecidesAndTheHeadAlsoByThePhotos()
    {
        var defaults = FineTuningDefaults.For(200, fineTunes: true, Small);

        Assert.Equal((1e-4, 0.01, 0.05), (defaults.WeightDecay(OptimizerKind.Sgd, 200), defaults.WeightDecay(OptimizerKind.AdamW, 200), defaults.WeightDecay(OptimizerKind.Lbfgs, 200)));
        Assert.InRange(defaults.WeightDecay(OptimizerKind.Lbfgs, 1), 0, 0.999);
        Assert.Equal(5e-4, FineTuningDefaults.For(200, fineTunes: false, Cifar).WeightDecay(OptimizerKind.Sgd, 200));
    }

    [Fact]
    public void For_NoPhoto_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => FineTuningDefaults.For(0, fineTunes: true, Small));

    // What is given stays; what is not is filled in, once and for the whole run.
    [Fact]
    public void ForOfARecipe_WhatIsGiven_Stays()
    {
        var nothing = new TrainOptions { Data = [], Out = "", Weights = "x" };
        ImagePreprocessing preprocessing = OnnxExporter.DefaultPreprocessing(Small);

        TrainOptions resolved = nothing.For(Small, preprocessing, photos: 200);
        TrainOptions given = (nothing with { Optimizer = OptimizerKind.AdamW, Epochs = 7, BatchSize = 8, LearningRate = 0.5, BackboneLearningRateScale = 0.25, WeightDecay = 0.125, CropScale = 0.75 })
            .For(Small, preprocessing, photos: 200);

        Assert.Equal((OptimizerKind.AdamW, 50, 32, 0.01, 0.1, 0.01, 0.35), (resolved.Optimizer, resolved.Epochs, resolved.BatchSize, resolved.LearningRate, resolved.BackboneLearningRateScale, resolved.WeightDecay, resolved.CropScale));
        Assert.Equal((OptimizerKind.AdamW, 7, 8, 0.5, 0.25, 0.125, 0.75), (given.Optimizer, given.Epochs, given.BatchSize, given.LearningRate, given.BackboneLearningRateScale, given.WeightDecay, given.CropScale));
        Assert.Contains("WarmupEpochs is 51", Assert.Throws<ArgumentException>(() => _ = (nothing with { WarmupEpochs = 51 }).For(Small, preprocessing, 200)).Message, StringComparison.Ordinal);
    }

    /// <summary>SGD, where it is asked for, keeps its own rate.</summary>
    [Fact]
    public void ForOfARecipe_Sgd_HasItsRate() => Assert.Equal(
        0.0125, new TrainOptions { Data = [], Out = "", Weights = "x", Optimizer = OptimizerKind.Sgd }.For(Small, OnnxExporter.DefaultPreprocessing(Small), photos: 200).LearningRate!.Value, 1e-12);

    // A teacher's features reach every layer: the head is not what is new.
    [Fact]
    public void ForOfARecipe_Teacher_HasOneRateForAll() => Assert.Equal(
        1, new TrainOptions { Data = [], Out = "", Weights = "x", Teacher = "y" }.For(Small, OnnxExporter.DefaultPreprocessing(Small), photos: 200).BackboneLearningRateScale);

    [Theory]
    [InlineData(TrainableLayers.Head, true, 0, false, OptimizerKind.Lbfgs, 1)]
    [InlineData(TrainableLayers.Head, false, 0, false, OptimizerKind.AdamW, 50)]
    [InlineData(TrainableLayers.Head, true, 0.2, false, OptimizerKind.AdamW, 50)]
    [InlineData(TrainableLayers.Head, true, 0, true, OptimizerKind.AdamW, 50)]
    [InlineData(TrainableLayers.LastStage, true, 0, false, OptimizerKind.AdamW, 50)]
    public void ForOfARecipe_FixedFeatures_AreSolvedInOneEpoch(TrainableLayers layers, bool noAugmentation, double mixup, bool average, OptimizerKind optimizer, int epochs)
    {
        var options = new TrainOptions { Data = [], Out = "", Weights = "x", Trainable = layers, NoAugmentation = noAugmentation, MixupAlpha = mixup, ModelEma = average };

        TrainOptions resolved = options.Validated().For(Small, OnnxExporter.DefaultPreprocessing(Small), 200);

        Assert.Equal((optimizer, epochs), (resolved.Optimizer!.Value, resolved.Epochs!.Value));
        Assert.Equal(OptimizerKind.Sgd, (options with { Optimizer = OptimizerKind.Sgd }).For(Small, OnnxExporter.DefaultPreprocessing(Small), 200).Optimizer);
    }
}
