namespace ResNeXt.Training;

/// <summary>Sums up top-1, top-5 and cross-entropy over images.</summary>
internal sealed class MetricsAccumulator
{
    private long _count;
    private long _top1;
    private long _top5;
    private double _loss;

    public ClassificationMetrics Metrics => _count == 0
        ? new ClassificationMetrics(0, 0, 0, 0)
        : new ClassificationMetrics(_count, (double)_top1 / _count, (double)_top5 / _count, _loss / _count);

    /// <param name="logProbabilities">Logarithms of the class probabilities of one image.</param>
    /// <param name="label">Its class. Classes that tie with it and come before it outrank it.</param>
    public void Add(ReadOnlySpan<float> logProbabilities, int label)
    {
        float own = logProbabilities[label];
        int rank = 0;
        for (int i = 0; i < logProbabilities.Length; i++)
        {
            // A NaN never outranks, so a network of NaNs must not look perfect.
            if (logProbabilities[i] > own || (logProbabilities[i] == own && i < label) || float.IsNaN(own))
            {
                rank++;
            }
        }

        _count++;
        _top1 += rank < 1 ? 1 : 0;
        _top5 += rank < 5 ? 1 : 0;
        _loss -= own;
    }
}
