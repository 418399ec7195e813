namespace ResNeXt.Training.Tests;

public sealed class LearningRateSweepTests
{
    // Falls around 0.003, rises again from 0.3 on.
    private static double Loss(double rate) => (2.3 / (1 + Math.Pow(rate / 0.003, 1.5))) + (rate > 0.3 ? rate * rate : 0);

    /// <summary>The embedded network on the 244 training photos of ants and bees, 64 pixels, SGD, a tenth of the rate before the head.</summary>
    private static readonly double[] Sgd =
    [
        0.681, 0.676, 0.716, 0.683, 0.704, 0.701, 0.710, 0.679, 0.717, 0.682, 0.689, 0.693, 0.693, 0.704, 0.670, 0.708, 0.705, 0.710, 0.692, 0.689,
        0.687, 0.691, 0.690, 0.702, 0.701, 0.718, 0.713, 0.678, 0.687, 0.718, 0.697, 0.697, 0.676, 0.694, 0.706, 0.706, 0.680, 0.724, 0.698, 0.700,
        0.693, 0.686, 0.715, 0.693, 0.683, 0.669, 0.707, 0.684, 0.694, 0.683, 0.680, 0.697, 0.682, 0.682, 0.690, 0.675, 0.683, 0.685, 0.656, 0.676,
        0.658, 0.701, 0.678, 0.630, 0.637, 0.639, 0.641, 0.566, 0.572, 0.591, 0.591, 0.644, 0.647, 0.633, 0.568, 0.686, 0.535, 0.657, 0.675, 0.767,
        0.757, 1.194, 3.141,
    ];

    /// <summary>The same with AdamW and one rate for all layers: down until 0.001, up, and along a plateau.</summary>
    private static readonly double[] AdamW =
    [
        0.681, 0.676, 0.716, 0.683, 0.704, 0.701, 0.710, 0.679, 0.717, 0.682, 0.688, 0.692, 0.692, 0.704, 0.669, 0.708, 0.704, 0.709, 0.691, 0.688,
        0.686, 0.688, 0.691, 0.699, 0.698, 0.715, 0.707, 0.675, 0.682, 0.711, 0.687, 0.687, 0.663, 0.677, 0.683, 0.680, 0.666, 0.692, 0.661, 0.663,
        0.662, 0.638, 0.646, 0.653, 0.609, 0.613, 0.556, 0.529, 0.486, 0.466, 0.375, 0.409, 0.587, 0.676, 0.787, 0.571, 0.751, 0.701, 0.310, 0.708,
        0.671, 0.897, 0.754, 0.682, 0.716, 0.687, 0.638, 0.625, 0.575, 0.717, 0.688, 0.695, 0.720, 0.653, 0.723, 0.767, 0.557, 0.705, 0.544, 0.575,
        0.696, 1.753,
    ];

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

    [Fact]
    public void Suggestion_RecordedSweeps_AreRatesThatTrain()
    {
        Assert.InRange(LearningRateSweep.Of(Recorded(Sgd)).Suggestion!.Value, 0.005, 0.03);
        Assert.InRange(LearningRateSweep.Of(Recorded(AdamW)).Suggestion!.Value, 0.0002, 0.001);

        static (double, double)[] Recorded(double[] losses) => [.. losses.Select((loss, i) => (1e-7 * Math.Pow(1e8, i / 99.0), loss))];
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
