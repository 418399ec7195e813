using System.Collections.Concurrent;

namespace ResNeXt.Training;

/// <summary>Decodes and prepares batches in the background, a bounded number of them ahead of the trainer.</summary>
/// <param name="samples">The images.</param>
/// <param name="preprocessing">Orientation of the images, and edge of the square that <paramref name="prepare"/> writes.</param>
/// <param name="batchSize">The largest batch.</param>
/// <param name="prepare">Turns a decoded image into <c>[ImageSize, ImageSize, 3]</c> bytes. Its chance must come from the given source alone.</param>
/// <param name="classBalanced">Whether a seeded epoch shows every class equally often.</param>
/// <param name="ranks">The ranks that share each batch of a seeded epoch; null for none.</param>
/// <param name="unreadable">Told when an image cannot be read, before the exception comes out of the epoch.</param>
/// <param name="teacher">What the batches bring to learn from beside the labels; null for nothing.</param>
internal sealed class BatchLoader(
    IReadOnlyList<Sample> samples, ImagePreprocessing preprocessing, int batchSize, PrepareImage prepare, bool classBalanced = false, Action? unreadable = null, RankGroup? ranks = null, Teacher? teacher = null)
    : IBatchSource
{
    private const int BatchesAhead = 3;

    private readonly EpochPlan _plan = new(samples, batchSize, classBalanced, ranks);
    private readonly int _bytes = (long)batchSize * preprocessing.ByteCount <= Array.MaxLength
        ? preprocessing.ByteCount
        : throw new InvalidDataException($"A batch of {batchSize} images of {preprocessing.ImageSize} x {preprocessing.ImageSize} pixels takes more than 2 GiB: use a smaller batch.");

    public int ImageCount => _plan.ImageCount;

    public int BatchCount => _plan.BatchCount;

    /// <inheritdoc/>
    /// <remarks>The number of threads changes nothing.</remarks>
    public IEnumerable<LabeledBatch> Epoch(int? seed, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var queue = new BlockingCollection<LabeledBatch>(BatchesAhead);
        Task producer = Task.Factory.StartNew(
            () => Produce(seed, queue, stop.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default); // a thread of its own
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

    private long[] Labels(ImageDraw[] draws) => [.. draws.Select(draw => (long)samples[draw.Index].Label)];

    private void Produce(int? seed, BlockingCollection<LabeledBatch> queue, CancellationToken stop)
    {
        try
        {
            foreach (PlannedBatch planned in _plan.Batches(seed))
            {
                ImageDraw[] members = planned.Own;
                byte[] pixels = new byte[members.Length * _bytes];
                TeacherBatch? taught = teacher?.NewBatch(members.Length);
                ParallelWork.For(members.Length, i =>
                {
                    var random = new Random(members[i].Seed(seed ?? 0, samples.Count));
                    string path = samples[members[i].Index].Path;
                    using RgbImage image = ImageDecoder.DecodeFile(path, preprocessing.Orientation);
                    ImageView view = prepare(image, random, pixels.AsSpan(i * _bytes, _bytes));
                    teacher?.Read(path, view, taught!, i);
                }, stop);
                queue.Add(new LabeledBatch(pixels, Labels(members)) { LabelsOfAllRanks = Labels(planned.All), Taught = taught }, stop);
            }
        }
        catch (Exception exception) when (UnreadableImages.IsReason(exception))
        {
            unreadable?.Invoke();
            throw;
        }
        finally
        {
            queue.CompleteAdding();
        }
    }
}
