namespace ResNeXt.Benchmarks;

/// <summary>Mean and standard deviation of a few runs.</summary>
internal static class Spread
{
    /// <returns>The deviation is that of a sample, with n - 1; 0 for a single run.</returns>
    public static (double Mean, double Deviation) Of(IReadOnlyCollection<double> values)
    {
        double mean = values.Average();
        return (mean, values.Count < 2 ? 0 : Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1)));
    }
}
