using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace ResNeXt.Training;

/// <summary>Decodes and prepares batches in the background, a bounded number of them ahead of the trainer.</summary>
/// <param name="samples">The images.</param>
/// <param name="preprocessing">Orientation of the images, and edge of the square that <paramref name="prepare"/> writes.</param>
/// <param name="batchSize">The largest batch.</param>
/// <param name="prepare">Turns a decoded image into <c>[ImageSize, ImageSize, 3]</c> bytes. Its chance must come from the given source alone.</param>
internal sealed class BatchLoader(IReadOnlyList<Sample> samples, ImagePreprocessing preprocessing, int batchSize, PrepareImage prepare)
{
    private const int BatchesAhead = 3;

    private readonly int _bytes = (long)batchSize * preprocessing.ByteCount <= Array.MaxLength
        ? preprocessing.ByteCount
        : throw new InvalidDataException($"A batch of {batchSize} images of {preprocessing.ImageSize} x {preprocessing.ImageSize} pixels takes more than 2 GiB: use a smaller batch.");

    /// <summary>Batches in an epoch.</summary>
    public int BatchCount => BatchPlan.Even(samples.Count, batchSize).Count;

    /// <summary>
    /// One pass over all images. Order and augmentation depend on the seed alone, not on the number of threads; without a seed the
    /// order is that of the samples.
    /// </summary>
    public IEnumerable<LabeledBatch> Epoch(int? seed, CancellationToken cancellation)
    {
        int[] order = [.. Enumerable.Range(0, samples.Count)];
        if (seed is int value)
        {
            new Random(value).Shuffle(order);
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var queue = new BlockingCollection<LabeledBatch>(BatchesAhead);
        Task producer = Task.Run(() => Produce(order, seed ?? 0, queue, stop.Token), CancellationToken.None);
        try
        {
            foreach (LabeledBatch batch in queue.GetConsumingEnumerable(cancellation))
            {
                yield return batch;
            }
        }
        finally
        {
            stop.Cancel();
            ((IAsyncResult)producer).AsyncWaitHandle.WaitOne();
        }

        producer.GetAwaiter().GetResult();
    }

    private void Produce(int[] order, int seed, BlockingCollection<LabeledBatch> queue, CancellationToken stop)
    {
        try
        {
            var parallel = new ParallelOptions { CancellationToken = stop, MaxDegreeOfParallelism = Environment.ProcessorCount };
            foreach (Range range in BatchPlan.Even(samples.Count, batchSize))
            {
                int[] members = order[range];
                byte[] pixels = new byte[members.Length * _bytes];
                Parallel.For(0, members.Length, parallel, i =>
                {
                    int index = members[i];
                    var random = new Random(Seed.Of(seed, index));
                    using RgbImage image = ImageDecoder.DecodeFile(samples[index].Path, preprocessing.Orientation);
                    prepare(image, random, pixels.AsSpan(i * _bytes, _bytes));
                });
                queue.Add(new LabeledBatch(pixels, [.. members.Select(index => (long)samples[index].Label)]), stop);
            }
        }
        catch (AggregateException exception)
        {
            ExceptionDispatchInfo.Throw(exception.InnerExceptions[0]);
        }
        finally
        {
            queue.CompleteAdding();
        }
    }
}
