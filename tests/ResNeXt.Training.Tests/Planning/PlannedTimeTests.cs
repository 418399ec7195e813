namespace ResNeXt.Training.Tests;

public sealed class PlannedTimeTests
{
    private static readonly TrainOptions Options = new() { Data = [], Out = "" };
    private static readonly TrainingSpeed Speed = new(1000, StepSeconds: 0.3, ForwardSeconds: 0.1, PhotoSeconds: 0.01);

    [Fact]
    public void Of_AllLayers_CountsEachEpochAndTheLookAtTheValidationImages() =>
        Assert.Equal(6 + (10 * (0.1 + (100 * 0.31) + (20 * 0.11))) + (20 * 0.01), PlannedTime.Of(Options, 10, 100, 20, Speed).TotalSeconds, 1e-3);

    [Fact]
    public void Of_HeadAlone_CountsWhatStaysTheSameOnce()
    {
        TrainOptions head = Options with { Trainable = TrainableLayers.Head };

        Assert.Equal(6 + (20 * 0.11) + (10 * (0.1 + (100 * 0.31))), PlannedTime.Of(head, 10, 100, 20, Speed).TotalSeconds, 1e-3);
        Assert.Equal(6 + 1 + (120 * 0.11), PlannedTime.Of(head with { NoAugmentation = true }, 10, 100, 20, Speed).TotalSeconds, 1e-3);
    }

    [Fact]
    public void For_AnotherNetwork_GoesByItsMultiplyAdds() =>
        Assert.Equal(new TrainingSpeed(3000, 0.9, 0.3, 0.01), Speed.For(3000) with { StepSeconds = Math.Round(Speed.For(3000).StepSeconds, 9), ForwardSeconds = Math.Round(Speed.For(3000).ForwardSeconds, 9) });

    [Theory]
    [InlineData(2, "about 10 seconds")]
    [InlineData(44, "about 40 seconds")]
    [InlineData(56, "about a minute")]
    [InlineData(170, "about 3 minutes")]
    [InlineData(5_300, "about 88 minutes")]
    [InlineData(9_000, "about 2.5 hours")]
    [InlineData(40_000, "about 11 hours")]
    [InlineData(900_000, "about 10 days")]
    public void Text_Durations_ReadAsPeopleSayThem(double seconds, string text) => Assert.Equal(text, PlannedTime.Text(TimeSpan.FromSeconds(seconds)));
}
