using Microsoft.ML;

namespace ResNeXt.Training;

/// <summary>
/// Options of <see cref="ResNeXtTrainerCatalog.ResNeXt(MulticlassClassificationCatalog.MulticlassClassificationTrainers, ResNeXtTrainerOptions)"/>: those
/// below, and the whole recipe. <see cref="TrainPreset.Apply"/> sets it at once.
/// </summary>
public sealed record ResNeXtTrainerOptions : TrainRecipe
{
    /// <summary>Name of the label column: a key of text, as <c>MapValueToKey</c> makes it. Its values, in their order, are the classes of the model.</summary>
    /// <value>The default is <c>Label</c>.</value>
    public string LabelColumnName { get; init; } = "Label";

    /// <summary>Name of the image column: text (the path of an image file), a vector of bytes (an encoded image) or <see cref="Microsoft.ML.Data.MLImage"/>.</summary>
    /// <value>The default is <c>ImagePath</c>.</value>
    public string InputColumnName { get; init; } = "ImagePath";

    /// <summary>Name of the column of probabilities that the transformer adds.</summary>
    /// <value>The default is <c>Score</c>.</value>
    public string ScoreColumnName { get; init; } = "Score";

    /// <summary>Name of the column of the most probable class that the transformer adds.</summary>
    /// <value>The default is <c>PredictedLabel</c>.</value>
    public string PredictedLabelColumnName { get; init; } = "PredictedLabel";

    /// <summary>
    /// Rows to choose the best epoch by: they have the same two columns, transformed as the training rows are. Classes are compared by name.
    /// </summary>
    /// <value>The default, null, holds rows of the training data back: <see cref="ValidationFraction"/>.</value>
    public IDataView? ValidationSet { get; init; }

    /// <summary>Share of the rows of each class that is held back without a <see cref="ValidationSet"/>: at least one row, and none of a class that has only one.</summary>
    /// <value>Above 0, below 1. The default is 0.2.</value>
    public double ValidationFraction { get; init; } = 0.2;

    /// <summary>
    /// Folder that keeps <c>last.safetensors</c>, <c>best.safetensors</c> and <c>model.onnx</c>; created when missing. Each <c>Fit</c> needs one of
    /// its own, so <c>CrossValidate</c> none.
    /// </summary>
    /// <value>The default, null, is a temporary folder that <c>Fit</c> removes.</value>
    public string? OutputFolder { get; init; }

    /// <summary>Go on with the run in <see cref="OutputFolder"/> where there is one. The rows and the other options must be those of that run.</summary>
    public bool Resume { get; init; }

    /// <summary>Told once an epoch, after its validation.</summary>
    public IProgress<EpochMetrics>? Progress { get; init; }

    /// <summary>Stops <c>Fit</c> between two steps, with an <see cref="OperationCanceledException"/>.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>How the trained model is put into the pipeline. It computes where ONNX Runtime can: libtorch's CUDA does not promise it one.</summary>
    internal ClassifyImagesOptions Scoring(string modelFile) => new()
    {
        InputColumnName = InputColumnName,
        ScoreColumnName = ScoreColumnName,
        PredictedLabelColumnName = PredictedLabelColumnName,
        ModelFile = modelFile,
        LabelColumnName = LabelColumnName,
        Device = Device.IsCuda ? ExecutionDevice.Auto : Device,
    };

    /// <exception cref="ArgumentException">A value is out of its range, or the architecture is unknown; the message names the value and what was expected.</exception>
    internal ResNeXtTrainerOptions Validated()
    {
        (string Name, string Column)[] names =
        [
            (nameof(LabelColumnName), LabelColumnName), (nameof(InputColumnName), InputColumnName),
            (nameof(ScoreColumnName), ScoreColumnName), (nameof(PredictedLabelColumnName), PredictedLabelColumnName),
        ];
        foreach ((string name, string column) in names)
        {
            Require(!string.IsNullOrWhiteSpace(column), name, "empty", "the name of a column");
        }

        Require(ScoreColumnName != PredictedLabelColumnName, nameof(PredictedLabelColumnName), PredictedLabelColumnName, $"another name than {nameof(ScoreColumnName)}");
        Require(ValidationFraction is > 0 and < 1, nameof(ValidationFraction), ValidationFraction, "above 0 and below 1");
        Require(!Resume || OutputFolder is not null, nameof(Resume), Resume, $"an {nameof(OutputFolder)} with the run to go on with");
        ValidateRecipe();
        Require(LearnsClasses, nameof(LabelWeight), LabelWeight, $"above 0, or {nameof(DistillLogits)} above 0, where a classifier is trained; Trainer or `resnext train` makes a featurizer");
        if (Architecture is not null)
        {
            ResNeXtArchitecture.Parse(Architecture);
        }

        return this;
    }
}
