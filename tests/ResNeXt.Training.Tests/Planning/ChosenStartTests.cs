using ResNeXt.MLNet;

namespace ResNeXt.Training.Tests;

public sealed class ChosenStartTests(Shapes shapes)
{
    private static readonly TrainOptions Nothing = new() { Data = [], Out = "" };

    [Fact]
    public void Choice_OverAPresetForRandomWeights_IsNotAskedFor()
    {
        Assert.Equal([false, false, true, false], TrainPreset.Names.Select(name => TrainPreset.Apply(name, Nothing).StartIsOpen));
        Assert.Null(TrainPreset.Apply("scratch", Nothing with { Weights = "x" }).Architecture);
    }

    /// <summary>Weights that are named get the recipe of a run that is told nothing.</summary>
    [Fact]
    public void Settings_WeightsNamedOrChosen_AreTheSame()
    {
        TrainOptions options = Nothing with { Data = shapes.Images, Out = shapes.NewPath(), ImageSize = 32, Device = ExecutionDevice.Cpu };

        Assert.Equal(Settings(options), Settings(options with { Weights = EmbeddedWeights.Name }));
        Assert.Contains("0.01", Settings(options)["learning rate"], StringComparison.Ordinal);

        static IReadOnlyDictionary<string, string> Settings(TrainOptions options)
        {
            using var state = TrainingState.Begin(options, DataSplit.Of(options), folder: null, TorchDevice.Of(options.Device), log: null);
            return state.Info.Settings;
        }
    }

    [Fact]
    public void Reason_EmbeddedAndPulled_SaysWhatAndHowToDoOtherwise()
    {
        TrainOptions options = Nothing with { Optimizer = OptimizerKind.AdamW, LearningRate = 0.001, Epochs = 20 };

        Assert.Equal(
            "244 photos: fine-tuning resnext20_8x8d_small from the embedded weights, AdamW 0.001, 20 epochs; --arch NAME trains from scratch",
            new ChosenStart { Weights = EmbeddedWeights.Name }.Reason(244, "resnext20_8x8d_small", options, resumed: false));
        Assert.Equal(
            "1,244 photos: fine-tuning resnet50 from the pulled resnet50.tv2_in1k weights, SGD 0.05, 9 epochs; as chosen when the run began",
            new ChosenStart { Weights = "resnet50.tv2_in1k" }.Reason(1244, "resnet50", Nothing with { Optimizer = OptimizerKind.Sgd, LearningRate = 0.05, Epochs = 9 }, resumed: true));
    }
}
