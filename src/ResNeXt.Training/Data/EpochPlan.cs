namespace ResNeXt.Training;

/// <summary>Which images an epoch shows, in which order and in which batches.</summary>
/// <param name="samples">The images.</param>
/// <param name="batchSize">The largest batch.</param>
/// <param name="classBalanced">
/// Show every class equally often in an epoch of about as many images: a large class shows part of its images, others each time,
/// a small one all of them before any twice.
/// </param>
/// <param name="ranks">The ranks that share each batch of a seeded epoch; null for none.</param>
internal sealed class EpochPlan(IReadOnlyList<Sample> samples, int batchSize, bool classBalanced = false, RankGroup? ranks = null)
{
    private readonly RankGroup _ranks = ranks ?? RankGroup.Alone;
    private readonly int[][] _classes =
        [.. samples.Select((sample, index) => (sample.Label, index)).GroupBy(pair => pair.Label, pair => pair.index).OrderBy(group => group.Key).Select(group => group.ToArray())];

    /// <summary>Images in a seeded epoch, repeated ones included.</summary>
    public int ImageCount => classBalanced ? PerClass * _classes.Length : samples.Count;

    /// <summary>Batches in a seeded epoch.</summary>
    public int BatchCount => BatchPlan.Even(ImageCount, batchSize * _ranks.Count).Count;

    private int PerClass => (samples.Count + _classes.Length - 1) / _classes.Length;

    /// <summary>
    /// The batches of an epoch. A seed decides the order, and which images; without one all are shown once, as they come. With ranks a batch of a
    /// seeded epoch is as large as those of all of them together, and this rank has a part of it.
    /// </summary>
    public IEnumerable<PlannedBatch> Batches(int? seed)
    {
        ImageDraw[] order = [.. Enumerable.Range(0, samples.Count).Select(index => new ImageDraw(index, 0))];
        if (seed is int value)
        {
            var random = new Random(value);
            order = classBalanced ? [.. _classes.SelectMany(members => Draw(members, random))] : order;
            random.Shuffle(order);
        }

        RankGroup sharers = seed is null ? RankGroup.Alone : _ranks;
        return BatchPlan.Even(order.Length, batchSize * sharers.Count).Select(range => order[range]).Select(all => new PlannedBatch(all[sharers.Share(all.Length)], all));
    }

    private IEnumerable<ImageDraw> Draw(int[] members, Random random)
    {
        int[] shuffled = [.. members];
        for (int i = 0; i < PerClass; i++)
        {
            if (i % members.Length == 0)
            {
                random.Shuffle(shuffled);
            }

            yield return new ImageDraw(shuffled[i % members.Length], i / members.Length);
        }
    }
}
