namespace ResNeXt.Training.Tests;

public sealed class LearningRateScheduleTests
{
    [Fact]
    public void WarmupCosine_Warmup_RisesLinearlyToTheBaseRate()
    {
        Assert.Equal(0.1, LearningRateSchedule.WarmupCosine(0, 100, 9, 1.0), 1e-12);
        Assert.Equal(0.9, LearningRateSchedule.WarmupCosine(8, 100, 9, 1.0), 1e-12);
        Assert.Equal(1.0, LearningRateSchedule.WarmupCosine(9, 100, 9, 1.0), 1e-12);
    }

    [Fact]
    public void WarmupCosine_Middle_IsHalf() => Assert.Equal(0.25, LearningRateSchedule.WarmupCosine(50, 100, 0, 0.5), 1e-12);

    [Fact]
    public void WarmupCosine_AfterWarmup_FallsAndStaysPositive()
    {
        double[] rates = [.. Enumerable.Range(10, 90).Select(step => LearningRateSchedule.WarmupCosine(step, 100, 10, 0.1))];

        Assert.All(rates.Zip(rates.Skip(1)), pair => Assert.True(pair.First > pair.Second));
        Assert.True(rates[^1] > 0);
    }

    [Fact]
    public void WarmupSteps_Shares_MultiplyTheRate()
    {
        double[] rates = [.. Enumerable.Range(0, 10).Select(step => LearningRateSchedule.WarmupSteps(step, 10, 1, 1, [0.5, 0.8], 0.1))];

        Assert.All(rates.Zip([0.5, 1, 1, 1, 1, 0.1, 0.1, 0.1, 0.01, 0.01]), pair => Assert.Equal(pair.Second, pair.First, 1e-12));
    }

    [Theory]
    [InlineData(1, 0.3)]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(10, 0)]
    [InlineData(10, 10)]
    public void OneCycle_AnyLength_StaysAboveZeroAndUpToTheBaseRate(int steps, double warmup) =>
        Assert.All(Enumerable.Range(0, steps), step => Assert.InRange(LearningRateSchedule.OneCycle(step, steps, warmup, 0.1), 1e-9, 0.1));
}
