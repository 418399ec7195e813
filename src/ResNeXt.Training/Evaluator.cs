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
    /// <param name="views">Which squares of an image are scored; their probabilities are averaged.</param>
    public static ClassificationMetrics Evaluate(
        ResNeXtModel model,
        IReadOnlyList<LabeledImage> images,
        Action<ScoredImage> skipped,
        Action<int, int> progress,
        CancellationToken cancellation,
        bool fastDecode = false,
        ImageViews views = ImageViews.Center)
    {
        IReadOnlyList<Sample> samples = DataSplit.Number(images, model.Metadata.Labels);
        var sum = new MetricsAccumulator();
        var scorer = new ImageScorer(model, [ResNeXtMetadata.LogitsName], BatchSize / CropViews.Count(views), model.Metadata.Preprocessing.Decoding(fastDecode), views);
        int done = 0;
        foreach (ScoredImage image in scorer.Score(samples.Select(sample => sample.Path)))
        {
            cancellation.ThrowIfCancellationRequested();
            if (image.Error is null)
            {
                sum.Add(LogProbabilities(image.Values[0], model.Metadata.Labels.Count), samples[done].Label);
            }
            else
            {
                skipped(image);
            }

            progress(++done, samples.Count);
        }

        return sum.Metrics;
    }

    /// <summary>Of one view its own, of several the logarithm of their mean probability.</summary>
    private static float[] LogProbabilities(float[] logits, int classes)
    {
        float[][] views = [.. logits.Chunk(classes).Select(LogSoftmax)];
        return views.Length == 1
            ? views[0]
            : [.. Enumerable.Range(0, classes).Select(i => (float)Math.Log(views.Average(view => Math.Exp(view[i]))))];
    }

    private static float[] LogSoftmax(float[] logits)
    {
        double largest = logits.Max();
        double logSum = largest + Math.Log(logits.Sum(logit => Math.Exp(logit - largest)));
        return [.. logits.Select(logit => (float)(logit - logSum))];
    }
}
