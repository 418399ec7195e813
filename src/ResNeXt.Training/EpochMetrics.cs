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

    /// <summary>Mean cross-entropy of the training images, as they were learned from, in nats; with a teacher the whole loss, weighted.</summary>
    public required double TrainLoss { get; init; }

    /// <summary>Share of them that was right, 0 to 1; null where images are mixed, which have no one class, or have no labels.</summary>
    public double? TrainTop1 { get; init; }

    /// <summary>Mean cross-entropy of the validation images, in nats; 0 where they have no labels, as the two shares below.</summary>
    public required double ValLoss { get; init; }

    /// <summary>Share of the validation images whose class is the most probable, 0 to 1.</summary>
    public required double ValTop1 { get; init; }

    /// <summary>Share of those whose class is among the five most probable, 0 to 1.</summary>
    public required double ValTop5 { get; init; }

    /// <summary>
    /// Mean squared error of the features of the validation images against the teacher's, through the layer between them, as a share of the variance; null without a teacher that gives features.
    /// </summary>
    public double? ValFeatureError { get; init; }

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
    public override string ToString()
    {
        string line = FormattableString.Invariant($"epoch {Epoch}/{Epochs}, loss {TrainLoss:F3}, lr {LearningRate:G3}, {ImagesPerSecond:F1} images/s");
        string top5 = ValTop5 < 1 ? FormattableString.Invariant($", top-5 {ValTop5:P2}") : ""; // of five classes or fewer it always is
        string classes = ValLoss > 0 ? FormattableString.Invariant($", validation top-1 {ValTop1:P2}{top5}, loss {ValLoss:F3}") : "";
        return line + classes + FeatureErrorText;
    }

    internal string FeatureErrorText => ValFeatureError is double error ? FormattableString.Invariant($", feature error {error:F4}") : "";

    /// <param name="last">The epoch's last step.</param>
    /// <param name="validation">What came out.</param>
    /// <param name="featureError">How far the features are from the teacher's.</param>
    /// <param name="duration">How long all took.</param>
    internal static EpochMetrics Of(TrainProgress last, ClassificationMetrics validation, double? featureError, TimeSpan duration) => new()
    {
        Epoch = last.Epoch,
        Epochs = last.Epochs,
        LearningRate = last.LearningRate,
        TrainLoss = last.Loss,
        TrainTop1 = last.Top1,
        ValLoss = validation.Loss,
        ValTop1 = validation.Top1,
        ValTop5 = validation.Top5,
        ValFeatureError = featureError,
        ImagesPerSecond = last.ImagesPerSecond,
        DataWait = last.DataWait,
        MemoryMB = Math.Round(Environment.WorkingSet / 1e6, 1),
        Seconds = Math.Round(duration.TotalSeconds, 3),
        Ended = DateTimeOffset.UtcNow,
    };
}
