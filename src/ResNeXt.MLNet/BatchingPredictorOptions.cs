namespace ResNeXt.MLNet;

/// <summary>Options of <see cref="BatchingPredictor"/>.</summary>
public sealed record BatchingPredictorOptions
{
    /// <summary>The most images that go through the network together.</summary>
    /// <value>1 to 4096. The default is 16.</value>
    public int MaxBatchSize { get; init; } = ResNeXtOptions.DefaultBatchSize;

    /// <summary>
    /// How long a ready image waits for others that are already accepted and not decoded yet. It never waits for images that may still come:
    /// a lone image is run at once.
    /// </summary>
    /// <value>0 to 10 seconds. The default is 10 milliseconds.</value>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>Images that may wait for their batch; one more is refused with <see cref="QueueFullException"/>.</summary>
    /// <value>1 to 1,000,000. The default is 256.</value>
    public int QueueCapacity { get; init; } = 256;

    /// <summary>Images of one client that may wait to be decoded, where images are given with their client; one more is refused with <see cref="QueueFullException"/>.</summary>
    /// <value>1 to 1,000,000. The default is 64; more than <see cref="QueueCapacity"/> is as much as that.</value>
    public int QueueCapacityPerClient { get; init; } = 64;

    /// <summary>Threads that read and decode images; their memory is bounded by <see cref="DecodingBudget"/>.</summary>
    /// <value>1 to 256. The default is the number of cores.</value>
    public int Decoders { get; init; } = Math.Min(Environment.ProcessorCount, 256);

    /// <summary>How long <see cref="BatchingPredictor.DisposeAsync"/> lets accepted images finish; what waits then fails.</summary>
    /// <value>0 to 1 hour. The default is 30 seconds.</value>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The same, once they are known to be within their ranges: for programs that read them from a file and want to know at the start.</summary>
    /// <exception cref="ArgumentException">A value is out of its range; the message names it.</exception>
    public BatchingPredictorOptions Validated()
    {
        Require(MaxBatchSize is >= 1 and <= TransformPlan.MaxBatchSize, nameof(MaxBatchSize), MaxBatchSize, $"1 to {TransformPlan.MaxBatchSize} images");
        Require(MaxDelay >= TimeSpan.Zero && MaxDelay <= TimeSpan.FromSeconds(10), nameof(MaxDelay), MaxDelay, "0 to 10 seconds");
        Require(QueueCapacity is >= 1 and <= 1_000_000, nameof(QueueCapacity), QueueCapacity, "1 to 1000000 images");
        Require(QueueCapacityPerClient is >= 1 and <= 1_000_000, nameof(QueueCapacityPerClient), QueueCapacityPerClient, "1 to 1000000 images");
        Require(Decoders is >= 1 and <= 256, nameof(Decoders), Decoders, "1 to 256 threads");
        Require(DrainTimeout >= TimeSpan.Zero && DrainTimeout <= TimeSpan.FromHours(1), nameof(DrainTimeout), DrainTimeout, "0 to 1 hour");
        return this;
    }

    private static void Require(bool holds, string name, object value, string expected)
    {
        if (!holds)
        {
            throw new ArgumentException(FormattableString.Invariant($"{name} is {value}: expected {expected}."));
        }
    }
}
