namespace ResNeXt.Training;

/// <summary>How one epoch of a training went.</summary>
public sealed record EpochMetrics
{
    /// <summary>The epoch, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>Epochs in all.</summary>
    public required int Epochs { get; init; }

    /// <summary>Mean loss over the epoch's training images.</summary>
    public required double Loss { get; init; }

    /// <summary>Learning rate of the last step.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Share of the validation images whose class is the most probable, 0 to 1.</summary>
    public required double ValTop1 { get; init; }

    /// <summary>Share of those whose class is among the five most probable, 0 to 1.</summary>
    public required double ValTop5 { get; init; }

    /// <summary>Mean cross-entropy over the validation images.</summary>
    public required double ValLoss { get; init; }

    /// <summary>Training images a second, waiting for data included, validation not.</summary>
    public required double ImagesPerSecond { get; init; }

    /// <summary>A line for a log.</summary>
    public override string ToString() => FormattableString.Invariant(
        $"epoch {Epoch}/{Epochs}, loss {Loss:F3}, lr {LearningRate:G3}, {ImagesPerSecond:F1} images/s, validation top-1 {ValTop1:P2}, top-5 {ValTop5:P2}, loss {ValLoss:F3}");

    /// <returns>Null within an epoch.</returns>
    internal static EpochMetrics? Of(TrainProgress progress) => progress.Validation is not ClassificationMetrics validation ? null : new()
    {
        Epoch = progress.Epoch,
        Epochs = progress.Epochs,
        Loss = progress.Loss,
        LearningRate = progress.LearningRate,
        ValTop1 = validation.Top1,
        ValTop5 = validation.Top5,
        ValLoss = validation.Loss,
        ImagesPerSecond = progress.ImagesPerSecond,
    };
}
