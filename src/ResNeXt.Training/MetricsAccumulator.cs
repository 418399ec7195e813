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

    /// <summary>Makes the sums those of all ranks.</summary>
    public void Share(RankGroup ranks)
    {
        double[] sums = [_count, _top1, _top5, _loss];
        ranks.Sum(sums);
        (_count, _top1, _top5, _loss) = ((long)sums[0], (long)sums[1], (long)sums[2], sums[3]);
    }

    /// <param name="logProbabilities">Logarithms of the class probabilities of one image.</param>
    /// <param name="label">Its class.</param>
    public void Add(ReadOnlySpan<float> logProbabilities, int label) => Add(ImageLoss.Of(logProbabilities, label));

    /// <param name="image">How the network did on one image.</param>
    public void Add(ImageLoss image)
    {
        _count++;
        _top1 += image.Rank < 1 ? 1 : 0;
        _top5 += image.Rank < 5 ? 1 : 0;
        _loss += image.Loss;
    }
}
