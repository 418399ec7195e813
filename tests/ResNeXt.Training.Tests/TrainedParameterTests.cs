using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training.Tests;

public sealed class TrainedParameterTests
{
    private static readonly TrainOptions Options = new() { Data = [], Out = "", WeightDecay = 0.01 };

    [Theory]
    [InlineData(TrainableLayers.All, "bn1.bias, bn1.weight, conv1.weight, fc.bias, fc.weight")]
    [InlineData(TrainableLayers.LastStage, "fc.bias, fc.weight")]
    [InlineData(TrainableLayers.Head, "fc.bias, fc.weight")]
    public void Of_TrainableLayers_AreThoseFromAStageOn(TrainableLayers layers, string outsideOfStages)
    {
        using ResNeXtModule module = NewModule();

        IReadOnlyList<TrainedParameter> trained = TrainedParameter.Of(module, Options with { Trainable = layers });

        Assert.Equal(outsideOfStages.Split(", "), trained.Select(one => one.Name).Where(name => !name.StartsWith("layer", StringComparison.Ordinal)).Order());
        string[] stages = [.. trained.Select(one => one.Name).Where(name => name.StartsWith("layer", StringComparison.Ordinal)).Select(name => name[..6]).Distinct()];
        Assert.Equal(layers switch { TrainableLayers.All => ["layer1", "layer2", "layer3"], TrainableLayers.LastStage => ["layer3"], _ => [] }, stages);
        Assert.All(module.named_parameters(), pair => Assert.Equal(pair.parameter.requires_grad, trained.Any(one => one.Name == pair.name)));
    }

    [Fact]
    public void Of_FrozenBatchNorm_LeavesConvolutionsAndHead()
    {
        using ResNeXtModule module = NewModule();

        string[] kinds = [.. TrainedParameter.Of(module, Options with { FreezeBatchNorm = true }).Select(one => one.Parameter.dim() == 4 ? "convolution" : one.Name).Distinct()];

        Assert.Equal(["convolution", "fc.weight", "fc.bias"], kinds);
    }

    [Fact]
    public void Of_DecayAndLayerDecay_GoByShapeAndStage()
    {
        using ResNeXtModule module = NewModule();

        var trained = TrainedParameter.Of(module, Options with { NormWeightDecay = 0, LayerDecay = 0.5 }).ToDictionary(one => one.Name, one => (one.WeightDecay, one.RateScale));

        Assert.Equal((0.01, 1), trained["fc.weight"]);
        Assert.Equal((0, 1), trained["fc.bias"]);
        Assert.Equal((0, 0.5), trained["layer3.0.downsample.1.weight"]);
        Assert.Equal((0.01, 0.125), trained["layer1.0.conv2.weight"]);
        Assert.Equal((0, 0.0625), trained["bn1.weight"]);
    }

    private static ResNeXtModule NewModule() => new(ResNeXtArchitecture.Parse("resnext11_2x4d_cifar"), 2);
}
