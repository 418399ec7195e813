using ResNeXt.MLNet;

namespace ResNeXt.Training.Tests;

public sealed class FineTuningDefaultsTests
{
    private static readonly ResNeXtArchitecture Small = ResNeXtArchitecture.Parse("resnext20_8x8d_small"), Cifar = ResNeXtArchitecture.Parse("resnext29_8x64d_cifar");

    [Fact]
    public void For_Weights_GiveTheHeadItsRateAndTheRestAFraction()
    {
        FineTuningDefaults scratch = FineTuningDefaults.For(200, weights: false, Small), tuned = FineTuningDefaults.For(200, weights: true, Small);

        Assert.Equal((1, 0.1), (scratch.BackboneLearningRateScale, tuned.BackboneLearningRateScale));
        Assert.Equal(scratch.LearningRate(OptimizerKind.Sgd, 32), tuned.LearningRate(OptimizerKind.Sgd, 32));
    }

    [Fact]
    public void LearningRate_ImagesOfAnUpdate_ScaleItOrItsRoot()
    {
        var defaults = FineTuningDefaults.For(200, weights: true, Small);

        Assert.Equal(0.0125, defaults.LearningRate(OptimizerKind.Sgd, 32), 1e-12);
        Assert.Equal(0.00025, defaults.LearningRate(OptimizerKind.AdamW, 16), 1e-12);
    }

    [Fact]
    public void WeightDecay_Optimizer_DecidesAndTheHeadAlsoByThePhotos()
    {
        var defaults = FineTuningDefaults.For(200, weights: true, Small);

        Assert.Equal((1e-4, 0.01, 0.05), (defaults.WeightDecay(OptimizerKind.Sgd, 200), defaults.WeightDecay(OptimizerKind.AdamW, 200), defaults.WeightDecay(OptimizerKind.Lbfgs, 200)));
        Assert.InRange(defaults.WeightDecay(OptimizerKind.Lbfgs, 1), 0, 0.999);
        Assert.Equal(5e-4, FineTuningDefaults.For(200, weights: false, Cifar).WeightDecay(OptimizerKind.Sgd, 200));
    }

    [Fact]
    public void For_NoPhoto_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => FineTuningDefaults.For(0, weights: true, Small));

    // What is given stays; what is not is filled in, once and for the whole run.
    [Fact]
    public void ForOfARecipe_WhatIsGiven_Stays()
    {
        var nothing = new TrainOptions { Data = [], Out = "", Weights = "x" };
        ImagePreprocessing preprocessing = OnnxExporter.DefaultPreprocessing(Small);

        TrainOptions resolved = nothing.For(Small, preprocessing, imagesPerUpdate: 32, photos: 200);
        TrainOptions given = (nothing with { Optimizer = OptimizerKind.AdamW, Epochs = 7, LearningRate = 0.5, BackboneLearningRateScale = 0.25, WeightDecay = 0.125, CropScale = 0.75 })
            .For(Small, preprocessing, imagesPerUpdate: 32, photos: 200);

        Assert.Equal((OptimizerKind.Sgd, 30, 0.0125, 0.1, 1e-4, 0.08), (resolved.Optimizer, resolved.Epochs, resolved.LearningRate, resolved.BackboneLearningRateScale, resolved.WeightDecay, resolved.CropScale));
        Assert.Equal((OptimizerKind.AdamW, 7, 0.5, 0.25, 0.125, 0.75), (given.Optimizer, given.Epochs, given.LearningRate, given.BackboneLearningRateScale, given.WeightDecay, given.CropScale));
        Assert.Contains("WarmupEpochs is 31", Assert.Throws<ArgumentException>(() => _ = (nothing with { WarmupEpochs = 31 }).For(Small, preprocessing, 32, 200)).Message, StringComparison.Ordinal);
    }

    // A teacher's features reach every layer: the head is not what is new.
    [Fact]
    public void ForOfARecipe_Teacher_HasOneRateForAll() => Assert.Equal(
        1, new TrainOptions { Data = [], Out = "", Weights = "x", Teacher = "y" }.For(Small, OnnxExporter.DefaultPreprocessing(Small), imagesPerUpdate: 32, photos: 200).BackboneLearningRateScale);

    [Theory]
    [InlineData(TrainableLayers.Head, true, 0, false, OptimizerKind.Lbfgs, 1)]
    [InlineData(TrainableLayers.Head, false, 0, false, OptimizerKind.Sgd, 30)]
    [InlineData(TrainableLayers.Head, true, 0.2, false, OptimizerKind.Sgd, 30)]
    [InlineData(TrainableLayers.Head, true, 0, true, OptimizerKind.Sgd, 30)]
    [InlineData(TrainableLayers.LastStage, true, 0, false, OptimizerKind.Sgd, 30)]
    public void ForOfARecipe_FixedFeatures_AreSolvedInOneEpoch(TrainableLayers layers, bool noAugmentation, double mixup, bool average, OptimizerKind optimizer, int epochs)
    {
        var options = new TrainOptions { Data = [], Out = "", Weights = "x", Trainable = layers, NoAugmentation = noAugmentation, MixupAlpha = mixup, ModelEma = average };

        TrainOptions resolved = options.Validated().For(Small, OnnxExporter.DefaultPreprocessing(Small), 32, 200);

        Assert.Equal((optimizer, epochs), (resolved.Optimizer!.Value, resolved.Epochs!.Value));
        Assert.Equal(OptimizerKind.AdamW, (options with { Optimizer = OptimizerKind.AdamW }).For(Small, OnnxExporter.DefaultPreprocessing(Small), 32, 200).Optimizer);
    }
}
