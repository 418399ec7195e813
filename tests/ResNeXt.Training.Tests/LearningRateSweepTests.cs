namespace ResNeXt.Training.Tests;

public sealed class LearningRateSweepTests
{
    // Falls around 0.003, rises again from 0.3 on.
    private static double Loss(double rate) => (2.3 / (1 + Math.Pow(rate / 0.003, 1.5))) + (rate > 0.3 ? rate * rate : 0);

    private static (double, double)[] Sweep(Func<double, double> loss) =>
        [.. Enumerable.Range(0, 100).Select(i => 1e-7 * Math.Pow(1e8, i / 99.0)).Select(rate => (rate, loss(rate)))];

    [Fact]
    public void Suggestion_FallingLoss_IsWhereItFallsFastest() => Assert.InRange(LearningRateSweep.Of(Sweep(Loss)).Suggestion!.Value, 0.0024, 0.0037);

    [Fact]
    public void Suggestion_Noise_HardlyMovesIt()
    {
        var random = new Random(1);

        Assert.InRange(LearningRateSweep.Of(Sweep(rate => Loss(rate) + (0.1 * random.NextDouble()))).Suggestion!.Value, 0.001, 0.01);
    }

    // Down until 0.02, up to a plateau, and down again where no training survives: the second way is the steeper one.
    [Fact]
    public void Suggestion_LossThatComesBackFromADivergence_IsOnTheFirstWayDown()
    {
        Assert.InRange(LearningRateSweep.Of(Sweep(Twice)).Suggestion!.Value, 0.001, 0.01);

        static double Twice(double rate) => (1.6 / (1 + Math.Pow(rate / 0.003, 2))) + (rate > 0.03 ? 4 / (1 + Math.Pow(rate / 0.7, 6)) : 0);
    }

    [Fact]
    public void Suggestion_LossThatFallsToTheEnd_IsBeforeTheEnd() =>
        Assert.InRange(LearningRateSweep.Of(Sweep(rate => 2.3 - (0.1 * Math.Log10(rate / 1e-7)))).Suggestion!.Value, 1e-7, 9);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Suggestion_NoiseAlone_IsNone(int seed)
    {
        var random = new Random(seed);

        Assert.Null(LearningRateSweep.Of(Sweep(_ => 1.6 + (0.2 * random.NextDouble()))).Suggestion);
    }

    [Fact]
    public void Suggestion_LossThatDivergesAtOnce_IsNone() => Assert.Null(LearningRateSweep.Of([.. Sweep(rate => 1.6 + (1e6 * rate)).Take(12)]).Suggestion);

    [Fact]
    public void Suggestion_LossThatNeverFalls_IsNone()
    {
        Assert.Null(LearningRateSweep.Of(Sweep(rate => rate)).Suggestion);
        Assert.Null(LearningRateSweep.Of([(1e-7, 1)]).Suggestion);
    }
}
