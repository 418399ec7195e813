namespace ResNeXt.Training;

/// <summary>What <see cref="Trainer"/> is told. Only the images and the output folder are required.</summary>
public sealed record TrainOptions : TrainRecipe
{
    /// <summary>The default recipe.</summary>
    public TrainOptions()
    {
    }

    /// <param name="recipe">Where everything but the images and the folder comes from.</param>
    internal TrainOptions(TrainRecipe recipe)
        : base(recipe)
    {
    }

    /// <summary>Training images: <see cref="ImageFolder.Enumerate(string)"/> lists those of a folder. Their labels name the classes.</summary>
    public required IReadOnlyList<LabeledImage> Data { get; init; }

    /// <summary>Folder that receives <c>last.safetensors</c>, <c>best.safetensors</c>, <c>model.onnx</c>, <c>report.html</c> and the history; created when missing.</summary>
    public required string Out { get; init; }

    /// <summary>Validation images, of the same classes.</summary>
    /// <value>The default, null, holds part of <see cref="Data"/> back instead: <see cref="ValSplit"/>.</value>
    public IReadOnlyList<LabeledImage>? Val { get; init; }

    /// <summary>Share of each class that is held back for validation when <see cref="Val"/> is null.</summary>
    /// <value>Above 0, below 1. The default is 0.2.</value>
    public double ValSplit { get; init; } = 0.2;

    /// <summary>Class names in the order of the model's outputs; a class without an image may be among them, and one with a single image is not validated.</summary>
    /// <value>Different names. The default, null, is the labels of <see cref="Data"/> in ordinal order, each of which must have two images to be split.</value>
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>Go on from <c>last.safetensors</c> in <see cref="Out"/> where there is one. The other options must be those of that run.</summary>
    public bool Resume { get; init; }

    /// <summary>Checkpoints that are kept to go back to. Above 1, the last ones stand beside <c>last.safetensors</c> as <c>epoch-0007.safetensors</c>, each
    /// with all that it takes to go on: one renamed to <c>last.safetensors</c> is resumed.</summary>
    /// <value>At least 1. The default, 1, is <c>last.safetensors</c> alone.</value>
    public int KeepCheckpoints { get; init; } = 1;

    /// <summary>Take what is doubtful about the images, such as one that is in training and validation, for an error, not for a warning.</summary>
    public bool Strict { get; init; }

    /// <summary>With several ranks: batch normalisation of all ranks' images together, instead of each rank's own as in the paper.</summary>
    internal bool SyncBatchNorm { get; init; }

    /// <summary>With several ranks: the learning rate times their number, as batches grow with them (Goyal et al. 2017).</summary>
    internal bool ScaleLearningRate { get; init; }

    /// <summary>Write <c>report.html</c> at the end: curves, confusions, calibration, mistakes, on one page.</summary>
    /// <value>The default is true.</value>
    public bool Report { get; init; } = true;

    /// <summary>The teacher of the run, when it is open.</summary>
    internal TaughtBy? TaughtBy { get; init; }

    /// <summary>Whether the images have no labels.</summary>
    internal bool IsUnlabelled => Data.Count > 0 && Data.All(image => image.Label.Length == 0);

    /// <summary>The same without labels where nothing learns classes, so that there is one place that knows.</summary>
    internal TrainOptions WithoutUselessLabels()
    {
        if (!IsUnlabelled && LearnsClasses)
        {
            return this;
        }

        return this with { Data = Strip(Data), Val = Val is null ? null : Strip(Val), Labels = null, ClassWeights = null, ClassBalanced = false, LabelWeight = 0 };

        static LabeledImage[] Strip(IReadOnlyList<LabeledImage> images) => [.. images.Select(image => new LabeledImage { ImagePath = image.ImagePath, Label = "" })];
    }

    /// <inheritdoc cref="TrainRecipe.For"/>
    internal new TrainOptions For(ResNeXtArchitecture architecture, ImagePreprocessing preprocessing, int photos, int largestUpdate = int.MaxValue) =>
        (TrainOptions)base.For(architecture, preprocessing, photos, largestUpdate);

    /// <exception cref="ArgumentException">A value is out of its range; the message names the value and the range.</exception>
    internal TrainOptions Validated()
    {
        Require(ValSplit is > 0 and < 1, nameof(ValSplit), ValSplit, "above 0 and below 1");
        Require(Labels is null || Labels.Distinct().Count() == Labels.Count, nameof(Labels), string.Join(", ", Labels ?? []), "different names");
        Require(KeepCheckpoints >= 1, nameof(KeepCheckpoints), KeepCheckpoints, "at least 1");
        ValidateRecipe();
        Require(!IsUnlabelled || LabelWeight is null or 0, nameof(LabelWeight), LabelWeight, "0 or none for photos without labels");
        Require(!IsUnlabelled || DistillLogits is null or 0, nameof(DistillLogits), DistillLogits, "0 or none for photos without labels");
        Require(!IsUnlabelled || Teacher is not null, nameof(Teacher), Teacher, "one to learn from, for photos without labels");
        return this;
    }
}
