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
    public void IsTrained_UnfrozenByStages_GrowsFromTheHead()
    {
        using ResNeXtModule module = NewModule();
        TrainOptions options = Options with { UnfreezeEpochs = 2 };

        string[] learning = [.. Enumerable.Range(0, 9).Select(epoch => string.Concat(
            new[] { "conv1.weight", "layer1.0.bn1", "layer2.0.bn1", "layer3.0.bn1", "fc.bias" }.Select(name => TrainedParameter.IsTrained(name, module, options, epoch) ? '+' : '-')))];

        Assert.Equal(["----+", "----+", "---++", "---++", "--+++", "--+++", "-++++", "-++++", "+++++"], learning);
        Assert.Equal([0, 20, 80], new[] { "fc.weight", "layer3.0.conv1.weight", "conv1.weight" }.Select(
            name => TrainedParameter.Of(module, options, updates: 10).Single(one => one.Name == name).FirstUpdate));
    }

    // What is frozen needs no way back: nothing of it is remembered.
    [Fact]
    public void Of_Frozen_IsComputedWithoutGradients()
    {
        using ResNeXtModule module = NewModule();
        using DisposeScope scope = NewDisposeScope();
        Tensor x = randn(2, 3, 16, 16);

        TrainedParameter.Of(module, Options with { Trainable = TrainableLayers.LastStage });
        Tensor before = module.layer2.forward(module.layer1.forward(module.conv1.forward(x)));
        Assert.False(before.requires_grad);
        Assert.True(module.layer3.forward(before).requires_grad);

        TrainedParameter.Of(module, Options with { Trainable = TrainableLayers.Head });
        Assert.False(module.Features(x).requires_grad);
    }

    // Adam's first update moves by the rate, whatever the gradient; a later layer's, too.
    [Fact]
    public void Step_AdamWOfALaterLayer_CountsItsOwnUpdates()
    {
        using var parameter = new TorchSharp.Modules.Parameter(ones(3));
        using var optimizer = new AdamW([new TrainedParameter("x", parameter, 0, FirstUpdate: 50)]);
        using DisposeScope scope = NewDisposeScope();
        parameter.grad = tensor(new[] { 1f, 0.01f, -5f });

        optimizer.Step(0.1, 50);

        Assert.All(parameter.data<float>().Zip([0.9f, 0.9f, 1.1f]), pair => Assert.Equal(pair.Second, pair.First, 1e-5));
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

    [Fact]
    public void Of_BackboneScale_MultipliesWithLayerDecayAndSparesTheHead()
    {
        using ResNeXtModule module = NewModule();

        var trained = TrainedParameter.Of(module, Options with { BackboneLearningRateScale = 0.1, LayerDecay = 0.5 }).ToDictionary(one => one.Name, one => one.RateScale);

        Assert.Equal(1, trained["fc.weight"]);
        Assert.Equal(0.05, trained["layer3.0.conv1.weight"], 1e-12);
        Assert.Equal(0.00625, trained["conv1.weight"], 1e-12);
    }

    private static ResNeXtModule NewModule() => new(ResNeXtArchitecture.Parse("resnext11_2x4d_cifar"), 2);
}
