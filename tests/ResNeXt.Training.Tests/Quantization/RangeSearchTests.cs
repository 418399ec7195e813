namespace ResNeXt.Training.Tests;

public sealed class RangeSearchTests
{
    [Fact]
    public void Find_MinMax_IsTheWholeRange()
    {
        ActivationRange range = RangeSearch.Find(Bell(), CalibrationMethod.MinMax);

        Assert.Equal((-6.0, 60.0), (range.Min, range.Max));
    }

    [Theory]
    [InlineData(CalibrationMethod.Percentile, 5)] // one in ten thousand at each end
    [InlineData(CalibrationMethod.Entropy, 45)]
    [InlineData(CalibrationMethod.Mse, 55)] // the square of one far value weighs much
    public void Find_OneOutlier_IsClipped(CalibrationMethod method, double most)
    {
        ActivationRange range = RangeSearch.Find(Bell(), method);

        Assert.InRange(range.Max, 2.5, most);
        Assert.InRange(range.Min, -6, -1.5);
    }

    [Fact]
    public void Find_Mse_IsNoWorseThanAnyOtherMethod()
    {
        double best = Error(RangeSearch.Find(Bell(), CalibrationMethod.Mse));

        Assert.All(
            (CalibrationMethod[])[CalibrationMethod.MinMax, CalibrationMethod.Percentile, CalibrationMethod.Entropy],
            method => Assert.True(best <= Error(RangeSearch.Find(Bell(), method)), $"{method}"));

        static double Error(ActivationRange range) => Normal().Sum(value => Math.Pow(value - range.Rounded(value), 2)) + Math.Pow(60 - range.Rounded(60), 2);
    }

    [Fact]
    public void Find_TensorOfZeros_GivesARange()
    {
        var histogram = new ActivationHistogram(0, 0);
        histogram.Add(new float[100]);

        Assert.All(
            (CalibrationMethod[])[CalibrationMethod.MinMax, CalibrationMethod.Percentile, CalibrationMethod.Entropy, CalibrationMethod.Mse],
            method => Assert.Equal(0, RangeSearch.Find(histogram, method).Rounded(0)));
    }

    /// <summary>100,000 values of a normal distribution, and one far outside.</summary>
    private static ActivationHistogram Bell()
    {
        var histogram = new ActivationHistogram(-6, 60);
        histogram.Add([.. Normal(), 60]);
        return histogram;
    }

    private static IEnumerable<float> Normal()
    {
        var random = new Random(5);
        return Enumerable.Range(0, 100_000).Select(_ => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())));
    }
}
