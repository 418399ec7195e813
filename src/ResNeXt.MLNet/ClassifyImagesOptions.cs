namespace ResNeXt.MLNet;

/// <summary>Options of <see cref="Microsoft.ML.ResNeXtCatalog.ClassifyImages(Microsoft.ML.TransformsCatalog, ClassifyImagesOptions)"/>.</summary>
public sealed record ClassifyImagesOptions : ResNeXtOptions
{
    /// <summary>
    /// Path of a model file that <c>resnext train</c> or <c>resnext export</c> wrote, or the name of published weights that
    /// <c>resnext weights pull</c> made ready (a file of that name comes first). After <c>Fit</c> it is not needed any more.
    /// </summary>
    public required string ModelFile { get; init; }

    /// <summary>Name of the column of probabilities: a vector of <see cref="float"/>, one for each label, with the labels as slot names.</summary>
    /// <value>The default is <c>Score</c>.</value>
    public string ScoreColumnName { get; init; } = "Score";

    /// <summary>Name of the column of the most probable class: a key whose values are the labels.</summary>
    /// <value>The default is <c>PredictedLabel</c>.</value>
    public string PredictedLabelColumnName { get; init; } = "PredictedLabel";

    /// <summary>
    /// Name of the column of true labels. Where the data has such a column, a key, it must number the model's labels as the model does:
    /// <c>Evaluate</c> compares numbers, and would give a wrong accuracy in silence. Saved with the transformer.
    /// </summary>
    /// <value>The default is <c>Label</c>; with <see langword="null"/> nothing is compared.</value>
    public string? LabelColumnName { get; init; } = "Label";

    internal override string? Truth => LabelColumnName;

    internal override string ModelPath => ModelFile ?? ""; // null, from code without nullable annotations, is not the embedded network

    private protected override IReadOnlyList<OutputColumn> Values =>
        [new(OutputKind.Score, ScoreColumnName), new(OutputKind.PredictedLabel, PredictedLabelColumnName)];
}
