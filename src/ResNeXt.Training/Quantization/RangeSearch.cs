namespace ResNeXt.Training;

/// <summary>From the histogram of an activation to the range that 8 bits shall hold.</summary>
internal static class RangeSearch
{
    private const double KeptShare = 0.9999;
    private const double SmallestShare = 0.3; // of the full range, where the searches end
    private const int Candidates = 71;

    public static ActivationRange Find(ActivationHistogram histogram, CalibrationMethod method) => method switch
    {
        CalibrationMethod.MinMax => new ActivationRange(histogram.Min, histogram.Max),
        CalibrationMethod.Percentile => Percentile(histogram),
        CalibrationMethod.Entropy => Smallest(histogram, range => Divergence(histogram, range)),
        CalibrationMethod.Mse => Smallest(histogram, range => SquaredError(histogram, range)),
        _ => throw new ArgumentOutOfRangeException(nameof(method), method, "Expected MinMax, Percentile, Entropy or Mse."),
    };

    private static ActivationRange Percentile(ActivationHistogram histogram)
    {
        double cut = histogram.Counts.Sum() * (1 - KeptShare);
        return new ActivationRange(histogram.Center(Edge(histogram.Counts)), histogram.Center(ActivationHistogram.Bins - 1 - Edge(histogram.Counts.Reverse())));

        int Edge(IEnumerable<long> counts)
        {
            long sum = 0;
            return Math.Min(counts.TakeWhile(count => (sum += count) <= cut).Count(), ActivationHistogram.Bins - 1);
        }
    }

    /// <summary>Tries ranges from the whole down, both ends by the same share.</summary>
    private static ActivationRange Smallest(ActivationHistogram histogram, Func<ActivationRange, double> cost) => Enumerable.Range(0, Candidates)
        .Select(i => 1 - (i * (1 - SmallestShare) / (Candidates - 1)))
        .Select(share => new ActivationRange(share * histogram.Min, share * histogram.Max))
        .MinBy(cost);

    private static double SquaredError(ActivationHistogram histogram, ActivationRange range)
    {
        double sum = 0;
        for (int bin = 0; bin < ActivationHistogram.Bins; bin++)
        {
            double value = histogram.Center(bin), error = value - range.Rounded(value);
            sum += histogram.Counts[bin] * error * error;
        }

        return sum;
    }

    /// <summary>
    /// KL(P || Q) over the bins inside the range: P has what was clipped on its outermost bins; Q has not, and spreads the mass of each of
    /// the 256 steps evenly over the step's bins (the entropy calibration of NVIDIA's TensorRT, for any range).
    /// </summary>
    private static double Divergence(ActivationHistogram histogram, ActivationRange range)
    {
        int first = 0, last = ActivationHistogram.Bins - 1;
        while (first < last && histogram.Center(first) < range.Min)
        {
            first++;
        }

        while (last > first && histogram.Center(last) > range.Max)
        {
            last--;
        }

        ReadOnlySpan<long> counts = histogram.Counts;
        double[] p = new double[last - first + 1], mass = new double[ActivationRange.Steps + 1], filled = new double[ActivationRange.Steps + 1];
        for (int i = 0; i < p.Length; i++)
        {
            p[i] = counts[first + i] + (i == 0 ? Sum(counts[..first]) : 0) + (i == p.Length - 1 ? Sum(counts[(last + 1)..]) : 0);
            int step = range.Step(histogram.Center(first + i));
            mass[step] += counts[first + i];
            filled[step] += p[i] > 0 ? 1 : 0;
        }

        double pSum = p.Sum(), qSum = mass.Sum(), divergence = 0;
        for (int i = 0; i < p.Length; i++)
        {
            int step = range.Step(histogram.Center(first + i));
            divergence += p[i] > 0 ? p[i] / pSum * Math.Log(p[i] / pSum / Math.Max(mass[step] / filled[step] / qSum, 1e-12)) : 0;
        }

        return divergence;
    }

    private static double Sum(ReadOnlySpan<long> counts)
    {
        double sum = 0;
        foreach (long count in counts)
        {
            sum += count;
        }

        return sum;
    }
}
