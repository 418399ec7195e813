namespace ResNeXt.Training;

/// <summary>What a training run left behind.</summary>
public sealed record TrainResult
{
    /// <summary>Path of the best epoch's weights.</summary>
    public required string Checkpoint { get; init; }

    /// <summary>Path of the model exported from them.</summary>
    public required string Model { get; init; }

    /// <summary>Path of the page that tells of the run; null when none was asked for, or it could not be written.</summary>
    public string? Report { get; init; }

    /// <summary>Epochs trained, those before a resume included.</summary>
    public required int Epochs { get; init; }

    /// <summary>The epoch, from 1, with the highest validation accuracy; without labels the one with the least <see cref="ValFeatureError"/>.</summary>
    public required int BestEpoch { get; init; }

    /// <summary>Its validation accuracy, 0 to 1; 0 where the photos have no labels.</summary>
    public required double ValTop1 { get; init; }

    /// <summary>How far its features are from the teacher's: <see cref="EpochMetrics.ValFeatureError"/>; null without a teacher that gives features.</summary>
    public double? ValFeatureError { get; init; }

    /// <summary>Whether the images became features once, before the first epoch: then <see cref="ImagesPerSecond"/> says nothing of the network.</summary>
    internal bool FromFeatures { get; init; }

    /// <summary>Training images a second over this run, waiting for data included, validation not; 0 when no epoch was left to train.</summary>
    public required double ImagesPerSecond { get; init; }
}
