namespace ResNeXt.MLNet;

/// <summary>
/// The core of batching: while one batch runs through the network, the next is read and decoded. Used by the ML.NET cursor and by the command.
/// </summary>
/// <param name="model">The model; stays the caller's.</param>
/// <param name="outputs">Names of the graph's outputs wanted.</param>
/// <param name="batchSize">Images in a batch, at least 1. Two batches are held in memory.</param>
/// <param name="decoding">How images are read; unless given, at their full size and within the default limits.</param>
/// <param name="views">Which squares of an image are scored; the values of all of them make its row.</param>
internal sealed class ImageScorer(ResNeXtModel model, IReadOnlyList<string> outputs, int batchSize, ImageDecoding? decoding = null, ImageViews views = ImageViews.Center)
{
    /// <summary>Scores image files, in order; a file that cannot be read comes back with its error.</summary>
    public IEnumerable<ScoredImage> Score(IEnumerable<string> paths) => Score(paths.Select(ImageSource.FromFile));

    /// <summary>
    /// Scores images, in order. The source is read ahead on <see cref="DecodingThreads"/> and here, by one thread at a time, and is
    /// disposed with the enumerator; an exception of the source itself comes out of here.
    /// </summary>
    public IEnumerable<ScoredImage> Score(IEnumerable<ImageSource> images)
    {
        ImageBatch ready = NewBatch(), spare = NewBatch();
        using IEnumerator<ImageSource> source = images.GetEnumerator();
        DecodingLoop<(int, ImageSource)> filling = spare.StartFilling(source);
        try
        {
            do
            {
                filling.Wait();
                (ready, spare) = (spare, ready);
                filling = ready.Count == batchSize ? spare.StartFilling(source) : filling;
                foreach (ScoredImage scored in ready.Score(model, outputs))
                {
                    yield return scored;
                }
            }
            while (ready.Count == batchSize);
        }
        finally
        {
            filling.Stop(); // the source must be at rest before it is disposed
        }
    }

    private ImageBatch NewBatch() => new(batchSize, model.Metadata.Preprocessing, decoding ?? model.Metadata.Preprocessing.Decoding(), views);
}
