namespace ResNeXt.Training;

/// <summary>Measures an exported model on labelled images.</summary>
internal static class Evaluator
{
    private const int BatchSize = 32;

    /// <param name="model">The model.</param>
    /// <param name="images">The images, with labels that the model knows.</param>
    /// <param name="skipped">Told of every image that could not be read.</param>
    /// <param name="progress">Told after every image: how many are done of how many.</param>
    /// <param name="cancellation">Stops between two images.</param>
    /// <param name="fastDecode">Whether large JPEGs are shrunk while they are decoded.</param>
    public static ClassificationMetrics Evaluate(
        ResNeXtModel model, IReadOnlyList<LabeledImage> images, Action<ScoredImage> skipped, Action<int, int> progress, CancellationToken cancellation, bool fastDecode = false)
    {
        IReadOnlyList<Sample> samples = DataSplit.Number(images, model.Metadata.Labels);
        var sum = new MetricsAccumulator();
        var scorer = new ImageScorer(model, [ResNeXtMetadata.LogitsName], BatchSize, model.Metadata.Preprocessing.Decoding(fastDecode));
        int done = 0;
        foreach (ScoredImage image in scorer.Score(samples.Select(sample => sample.Path)))
        {
            cancellation.ThrowIfCancellationRequested();
            if (image.Error is null)
            {
                sum.Add(LogSoftmax(image.Values[0]), samples[done].Label);
            }
            else
            {
                skipped(image);
            }

            progress(++done, samples.Count);
        }

        return sum.Metrics;
    }

    private static float[] LogSoftmax(float[] logits)
    {
        double largest = logits.Max();
        double logSum = largest + Math.Log(logits.Sum(logit => Math.Exp(logit - largest)));
        return [.. logits.Select(logit => (float)(logit - logSum))];
    }
}
