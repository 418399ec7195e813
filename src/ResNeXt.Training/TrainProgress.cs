namespace ResNeXt.Training;

/// <summary>Where a training run stands; reported after every step and after every validation.</summary>
public sealed record TrainProgress
{
    /// <summary>The epoch, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>Epochs in all.</summary>
    public required int Epochs { get; init; }

    /// <summary>Steps done in this epoch.</summary>
    public required int Step { get; init; }

    /// <summary>Steps in an epoch.</summary>
    public required int Steps { get; init; }

    /// <summary>Mean cross-entropy over this epoch's images so far; with a teacher the whole loss, weighted.</summary>
    public required double Loss { get; init; }

    /// <summary>Share of this epoch's images so far that was right, 0 to 1; null where images are mixed, which have no one class, or have no labels.</summary>
    public double? Top1 { get; init; }

    /// <summary>Share of this epoch so far, 0 to 1, that was spent waiting for images.</summary>
    public double DataWait { get; init; }

    /// <summary>Number of classes.</summary>
    public int Classes { get; init; }

    /// <summary>Whether the epoch learns from features that were computed before: how many images a second these are says nothing.</summary>
    internal bool FromFeatures { get; init; }

    /// <summary>Learning rate of the last step.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Training images a second in this epoch.</summary>
    public required double ImagesPerSecond { get; init; }

    /// <summary>Result of the validation that ends the epoch; null while the epoch runs, and where images have no labels.</summary>
    public ClassificationMetrics? Validation { get; init; }

    /// <summary>The epoch as a whole; null while it runs.</summary>
    public EpochMetrics? Metrics { get; init; }
}
