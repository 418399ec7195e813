namespace ResNeXt.MLNet;

/// <summary>How the training went that made a transformer: <see cref="ResNeXtTransformer.Training"/>.</summary>
public sealed record TrainingSummary
{
    /// <summary>Rows with a label, trained on or held back for validation; those of a validation set are not counted.</summary>
    public required int Rows { get; init; }

    /// <summary>Rows that were passed over because their label is missing, those of a validation set included.</summary>
    public required int IgnoredRows { get; init; }

    /// <summary>Epochs trained.</summary>
    public required int Epochs { get; init; }

    /// <summary>The epoch, from 1, with the highest validation accuracy: the transformer is that of its end.</summary>
    public required int BestEpoch { get; init; }

    /// <summary>Its validation accuracy, 0 to 1.</summary>
    public required double ValTop1 { get; init; }
}
