namespace ResNeXt.Training;

/// <summary>What an epoch came to: a row of the history, which the checkpoints carry.</summary>
internal sealed record EpochRow
{
    /// <summary>From 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>The rate of its last step.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Mean cross-entropy of the training images, as they were learned from, in nats.</summary>
    public required double TrainLoss { get; init; }

    /// <summary>Share of them that was right; null where images are mixed, which have no one class.</summary>
    public double? TrainTop1 { get; init; }

    public required double ValLoss { get; init; }

    public required double ValTop1 { get; init; }

    public required double ValTop5 { get; init; }

    /// <summary>Training images a second, waiting for data included, validation not.</summary>
    public required double ImagesPerSecond { get; init; }

    /// <summary>Share of the training time, 0 to 1, that was spent waiting for images.</summary>
    public required double DataWait { get; init; }

    /// <summary>Resident memory of the process at the end, in megabytes (10^6 bytes).</summary>
    public required double MemoryMB { get; init; }

    /// <summary>Duration, validation included.</summary>
    public required double Seconds { get; init; }

    /// <summary>When it ended.</summary>
    public required DateTimeOffset Ended { get; init; }

    /// <param name="last">The epoch's last step.</param>
    /// <param name="validation">What came out.</param>
    /// <param name="duration">How long both took.</param>
    public static EpochRow Of(TrainProgress last, ClassificationMetrics validation, TimeSpan duration) => new()
    {
        Epoch = last.Epoch,
        LearningRate = last.LearningRate,
        TrainLoss = last.Loss,
        TrainTop1 = last.Top1,
        ValLoss = validation.Loss,
        ValTop1 = validation.Top1,
        ValTop5 = validation.Top5,
        ImagesPerSecond = last.ImagesPerSecond,
        DataWait = last.DataWait,
        MemoryMB = Math.Round(Environment.WorkingSet / 1e6, 1),
        Seconds = Math.Round(duration.TotalSeconds, 3),
        Ended = DateTimeOffset.UtcNow,
    };
}
