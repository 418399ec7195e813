namespace ResNeXt.Training.Tests;

public sealed class ChosenRecipeTests
{
    private static readonly TrainOptions Nothing = new() { Data = [], Out = "" };

    private static readonly ChosenRecipe Chosen =
        new() { Weights = EmbeddedWeights.Name, ImageSize = 64, Optimizer = OptimizerKind.AdamW, LearningRate = 0.001, BackboneLearningRateScale = 1, Epochs = 20, BatchSize = 16, CropScale = 0.35 };

    [Fact]
    public void Apply_NothingGiven_TakesAll()
    {
        TrainOptions options = Chosen.Apply(Nothing);

        Assert.Equal(
            (EmbeddedWeights.Name, 64, OptimizerKind.AdamW, 0.001, 20, 16, 0.35),
            (options.Weights, options.ImageSize, options.Optimizer, options.LearningRate, options.Epochs, options.BatchSize, options.CropScale));
        Assert.Equal(options, Chosen.Apply(options));
    }

    [Fact]
    public void Apply_WhatIsGiven_Stays()
    {
        // The old defaults, said aloud, are something given.
        TrainOptions options = Chosen.Apply(Nothing with { ImageSize = 96, Optimizer = OptimizerKind.Sgd, LearningRate = 0.1, Epochs = 30, BatchSize = 32, CropScale = 0.08 });

        Assert.Equal(
            (96, OptimizerKind.Sgd, 0.1, 30, 32, 0.08),
            (options.ImageSize, options.Optimizer, options.LearningRate, options.Epochs, options.BatchSize, options.CropScale));
    }

    [Fact]
    public void Apply_OptimizerGiven_LeavesItsRateToItsDefault() => Assert.Null(Chosen.Apply(Nothing with { Optimizer = OptimizerKind.Sgd }).LearningRate);

    [Fact]
    public void Apply_OverAPresetForRandomWeights_IsNotAskedFor()
    {
        Assert.Equal([false, false, true, false], TrainPreset.Names.Select(name => TrainPreset.Apply(name, Nothing).StartIsOpen));
        Assert.Null(TrainPreset.Apply("scratch", Nothing with { Weights = "x" }).Architecture);
    }

    [Fact]
    public void Reason_EmbeddedAndPulled_SaysWhatAndHowToDoOtherwise()
    {
        Assert.Equal(
            "244 photos: fine-tuning resnext20_8x8d_small from the embedded weights, AdamW 0.001, 20 epochs; --arch NAME trains from scratch",
            Chosen.Reason(244, "resnext20_8x8d_small", Chosen.Apply(Nothing), resumed: false));
        Assert.Equal(
            "1,244 photos: fine-tuning resnet50 from the pulled resnet50.tv2_in1k weights, SGD 0.05, 9 epochs; as chosen when the run began",
            (Chosen with { Weights = "resnet50.tv2_in1k" }).Reason(1244, "resnet50", Nothing with { Optimizer = OptimizerKind.Sgd, LearningRate = 0.05, Epochs = 9 }, resumed: true));
    }
}
