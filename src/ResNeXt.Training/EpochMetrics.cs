namespace ResNeXt.Training;

/// <summary>What an epoch came to: told to programs while a training runs, and a row of its history, which the checkpoints carry.</summary>
public sealed record EpochMetrics
{
    /// <summary>The epoch, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>Epochs in all.</summary>
    public required int Epochs { get; init; }

    /// <summary>Learning rate of its last step.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Mean cross-entropy of the training images, as they were learned from, in nats.</summary>
    public required double TrainLoss { get; init; }

    /// <summary>Share of them that was right, 0 to 1; null where images are mixed, which have no one class.</summary>
    public double? TrainTop1 { get; init; }

    /// <summary>Mean cross-entropy of the validation images, in nats.</summary>
    public required double ValLoss { get; init; }

    /// <summary>Share of the validation images whose class is the most probable, 0 to 1.</summary>
    public required double ValTop1 { get; init; }

    /// <summary>Share of those whose class is among the five most probable, 0 to 1.</summary>
    public required double ValTop5 { get; init; }

    /// <summary>Training images a second, waiting for data included, validation not.</summary>
    public required double ImagesPerSecond { get; init; }

    /// <summary>Share of the training time, 0 to 1, that was spent waiting for images.</summary>
    public required double DataWait { get; init; }

    /// <summary>Resident memory of the process at the end, in megabytes (10^6 bytes).</summary>
    public required double MemoryMB { get; init; }

    /// <summary>Duration in seconds, validation included.</summary>
    public required double Seconds { get; init; }

    /// <summary>When it ended.</summary>
    public required DateTimeOffset Ended { get; init; }

    /// <summary>A line for a log.</summary>
    public override string ToString() => FormattableString.Invariant(
        $"epoch {Epoch}/{Epochs}, loss {TrainLoss:F3}, lr {LearningRate:G3}, {ImagesPerSecond:F1} images/s, validation top-1 {ValTop1:P2}, top-5 {ValTop5:P2}, loss {ValLoss:F3}");

    /// <param name="last">The epoch's last step.</param>
    /// <param name="validation">What came out.</param>
    /// <param name="duration">How long both took.</param>
    internal static EpochMetrics Of(TrainProgress last, ClassificationMetrics validation, TimeSpan duration) => new()
    {
        Epoch = last.Epoch,
        Epochs = last.Epochs,
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
