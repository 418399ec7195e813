namespace ResNeXt.Training.Tests;

public sealed class CalibrationTests
{
    [Fact]
    public void Of_TwoBins_IsTheWeightedDistance()
    {
        // Three images at 0.9, two of them right; one at 0.65, right.
        Predictions predictions = Rows.Predictions((0, [0.9, 0.1]), (0, [0.9, 0.1]), (1, [0.9, 0.1]), (1, [0.35, 0.65]));

        Calibration calibration = Calibration.Of(predictions);

        Assert.Equal(((3 * Math.Abs(0.9 - (2.0 / 3))) + (1 * Math.Abs(0.65 - 1))) / 4, calibration.ExpectedError, 6);
        Assert.Equal(-((2 * Math.Log(0.9)) + Math.Log(0.1) + Math.Log(0.65)) / 4, calibration.Loss, 6);
        Assert.Equal([(9, 1), (13, 3)], calibration.Bins.Index().Where(pair => pair.Item.Count > 0).Select(pair => (pair.Index, pair.Item.Count)));
    }

    [Fact]
    public void Of_Certain_FallsIntoTheLastBin()
    {
        Calibration calibration = Calibration.Of(Rows.Predictions((0, [1, 0])));

        Assert.Equal((1, 0.0), (calibration.Bins[^1].Count, calibration.ExpectedError));
    }

    [Fact]
    public void FitTemperature_AllRight_IsNull() => Assert.Null(Calibration.FitTemperature(Rows.Predictions((0, [0.9, 0.1]), (1, [0.4, 0.6]))));

    /// <summary>Of a hundred images that a network is p sure of, 100 p are right; then its logits are made k times as large.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(0.5)]
    public void FitTemperature_LogitsScaled_FindsTheScale(double scale)
    {
        var images = new List<(int, double[])>();
        foreach (double p in (double[])[0.6, 0.7, 0.8, 0.9])
        {
            double logit = scale * Math.Log(p / (1 - p)), scaled = 1 / (1 + Math.Exp(-logit));
            images.AddRange(Enumerable.Range(0, 100).Select(i => (i < 100 * p ? 0 : 1, new[] { scaled, 1 - scaled })));
        }

        Predictions predictions = Rows.Predictions([.. images]);
        double temperature = Assert.NotNull(Calibration.FitTemperature(predictions));

        Assert.Equal(scale, temperature, 2);
        Assert.InRange(Calibration.Of(predictions, temperature).ExpectedError, 0, 0.01);
        Assert.True(Calibration.Of(predictions, temperature).Loss < Calibration.Of(predictions).Loss);
    }
}
