namespace ResNeXt.MLNet;

/// <summary>What a column of the transformer holds. The numbers are in model files: never change them.</summary>
internal enum OutputKind
{
    /// <summary>Feature vector.</summary>
    Features = 0,

    /// <summary>Probability of each label.</summary>
    Score = 1,

    /// <summary>Key of the most probable label.</summary>
    PredictedLabel = 2,

    /// <summary>Whether the row has an image; stands there when rows without one are let through.</summary>
    HasImage = 3,
}

/// <summary>A column that the transformer adds.</summary>
internal sealed record OutputColumn(OutputKind Kind, string Name);

/// <summary>What a transformer does, apart from the network; goes into the model file.</summary>
/// <param name="Input">Name of the image column.</param>
/// <param name="Outputs">The columns added, in order; those of values come from one output of the graph.</param>
/// <param name="BatchSize">Images in a batch.</param>
/// <param name="Limits">What is refused as too large.</param>
/// <param name="FastDecode">Whether large JPEGs are shrunk while they are decoded.</param>
/// <param name="Threads">What the network computes with.</param>
/// <param name="LabelColumn">Name of the column of true labels, whose keys must be the model's where they are in the data; null for none.</param>
internal sealed record TransformPlan(
    string Input, IReadOnlyList<OutputColumn> Outputs, int BatchSize, ImageLimits Limits, bool FastDecode, SessionThreads Threads, string? LabelColumn)
{
    public const int MaxBatchSize = 4096;

    /// <summary>A row whose image cannot be read has missing values; else it throws.</summary>
    public bool KeepsBadImages => Outputs.Any(output => output.Kind == OutputKind.HasImage);

    /// <summary>The output of the graph that the columns are made from.</summary>
    public string GraphOutput => Outputs[0].Kind == OutputKind.Features ? ResNeXtMetadata.FeaturesName : ResNeXtMetadata.ProbabilitiesName;

    /// <summary>How images are read for that model.</summary>
    public ImageDecoding Decoding(ResNeXtModel model) => model.Metadata.Preprocessing.Decoding(FastDecode, Limits);
}
