namespace ResNeXt.Training.Tests;

public sealed class MetricsAccumulatorTests
{
    [Fact]
    public void Add_KnownRanks_CountsTopOneAndTopFive()
    {
        var sum = new MetricsAccumulator();
        float[] scores = [-1, -2, -3, -4, -5, -6];
        sum.Add(scores, 0);
        sum.Add(scores, 4);
        sum.Add(scores, 5);
        sum.Add(scores, 1);

        Assert.Equal(new ClassificationMetrics(4, 0.25, 0.75, (1 + 5 + 6 + 2) / 4.0), sum.Metrics);
    }

    [Fact]
    public void Add_TiedScores_DoNotCountAsRight()
    {
        var sum = new MetricsAccumulator();
        sum.Add([-1, -1], 1);

        Assert.Equal(0, sum.Metrics.Top1);
    }

    [Fact]
    public void Add_NotANumber_IsWrong()
    {
        var sum = new MetricsAccumulator();
        sum.Add([float.NaN, float.NaN], 0);

        Assert.Equal(0, sum.Metrics.Top1);
    }
}
