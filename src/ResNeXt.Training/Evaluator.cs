using System.Collections.Concurrent;

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
        var sum = new MetricsAccumulator();
        int done = 0;
        foreach (EvaluatedImage image in Score(model, ImageList.Of(images), fastDecode, views))
        {
            cancellation.ThrowIfCancellationRequested();
            if (image.Scored.Error is null)
            {
                sum.Add(image.Loss);
            }
            else
            {
                skipped(image.Scored);
            }

            progress(++done, images.Count);
        }

        return sum.Metrics;
    }

    /// <summary>How the model does on each image of a list, in order.</summary>
    /// <exception cref="InvalidDataException">An image is of a class that the model does not know; thrown before hours of work.</exception>
    public static IEnumerable<EvaluatedImage> Score(ResNeXtModel model, ImageList images, bool fastDecode, ImageViews views)
    {
        Func<string, string, int> number = DataSplit.Numbers(model.Metadata.Labels);
        foreach (ListedImage image in images.Read(0, images.Count))
        {
            number(image.Path, image.Label);
        }

        return Score(model, images.Read(0, images.Count), fastDecode, views);
    }

    /// <inheritdoc cref="Score(ResNeXtModel, ImageList, bool, ImageViews)"/>
    public static IEnumerable<EvaluatedImage> Score(ResNeXtModel model, IEnumerable<ListedImage> images, bool fastDecode, ImageViews views)
    {
        Func<string, string, int> number = DataSplit.Numbers(model.Metadata.Labels);
        var pending = new ConcurrentQueue<(ListedImage Image, int Label)>(); // on their way: the scorer reads ahead
        var scorer = new ImageScorer(model, [ResNeXtMetadata.LogitsName], BatchSize / CropViews.Count(views), model.Metadata.Preprocessing.Decoding(fastDecode), views);
        foreach (ScoredImage scored in scorer.Score(images.Select(Labelled)))
        {
            pending.TryDequeue(out (ListedImage Image, int Label) image);
            yield return new EvaluatedImage(image.Image, image.Label, scored, scored.Error is null ? LogProbabilities(scored.Values[0], model.Metadata.Labels.Count) : []);
        }

        ImageSource Labelled(ListedImage image)
        {
            pending.Enqueue((image, number(image.Path, image.Label)));
            return image.Source;
        }
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
