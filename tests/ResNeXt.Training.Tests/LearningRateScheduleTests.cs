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
}
