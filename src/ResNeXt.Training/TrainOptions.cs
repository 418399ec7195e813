namespace ResNeXt.Training;

/// <summary>What <see cref="Trainer"/> is told. Only the images and the output folder are required; <see cref="TrainPreset"/> has whole recipes.</summary>
public sealed partial record TrainOptions
{
    /// <summary>Training images: <see cref="ImageFolder.Enumerate"/> lists those of a folder. Their labels name the classes.</summary>
    public required IReadOnlyList<LabeledImage> Data { get; init; }

    /// <summary>Folder that receives <c>last.safetensors</c>, <c>best.safetensors</c>, <c>model.onnx</c>, <c>report.html</c> and the history; created when missing.</summary>
    public required string Out { get; init; }

    /// <summary>Validation images, of the same classes.</summary>
    /// <value>The default, null, holds part of <see cref="Data"/> back instead: <see cref="ValSplit"/>.</value>
    public IReadOnlyList<LabeledImage>? Val { get; init; }

    /// <summary>Share of each class that is held back for validation when <see cref="Val"/> is null.</summary>
    /// <value>Above 0, below 1. The default is 0.2.</value>
    public double ValSplit { get; init; } = 0.2;

    /// <summary>Name of the network: <see cref="ResNeXtArchitecture.Parse"/>.</summary>
    /// <value>The default, null, is that of <see cref="Weights"/>, read off their shapes if need be, else <c>resnext50_32x4d</c>.</value>
    public string? Architecture { get; init; }

    /// <summary>A <c>.safetensors</c> or <c>.pth</c> file to start from, or the name of pulled weights; its head is replaced when the class names differ.</summary>
    /// <value>The default, null, starts from random weights.</value>
    public string? Weights { get; init; }

    /// <summary>Passes over the training images.</summary>
    /// <value>At least 1. The default is 30.</value>
    public int Epochs { get; init; } = 30;

    /// <summary>Images in a step.</summary>
    /// <value>3 to 4096, so that none is left alone in a batch, which batch normalisation could not train on. The default is 32.</value>
    public int BatchSize { get; init; } = 32;

    /// <summary>Epochs without a better validation accuracy after which the run ends early.</summary>
    /// <value>At least 1. The default, null, trains all <see cref="Epochs"/>.</value>
    public int? Patience { get; init; }

    /// <summary>Which layers learn; the others, their statistics included, stay those of <see cref="Weights"/>.</summary>
    /// <value>The default is <see cref="TrainableLayers.All"/>.</value>
    public TrainableLayers Trainable { get; init; }

    /// <summary>Edge of the square that the network sees.</summary>
    /// <value>16 to 1024 pixels. The default, null, is that of <see cref="Weights"/>, else the architecture's: 224, or 32 with the CIFAR stem.</value>
    public int? ImageSize { get; init; }

    /// <summary>Seed of the split, the weights, the order of the images and their augmentation.</summary>
    public int Seed { get; init; }

    /// <summary>Go on from <c>last.safetensors</c> in <see cref="Out"/> where there is one. The other options must be those of that run.</summary>
    public bool Resume { get; init; }

    /// <summary>Checkpoints that are kept to go back to. Above 1, the last ones stand beside <c>last.safetensors</c> as <c>epoch-0007.safetensors</c>, each
    /// with all that it takes to go on: one renamed to <c>last.safetensors</c> is resumed.</summary>
    /// <value>At least 1. The default, 1, is <c>last.safetensors</c> alone.</value>
    public int KeepCheckpoints { get; init; } = 1;

    /// <summary>Take what is doubtful about the images, such as one that is in training and validation, for an error, not for a warning.</summary>
    public bool Strict { get; init; }

    /// <summary>Write <c>report.html</c> at the end: curves, confusions, calibration, mistakes, on one page.</summary>
    /// <value>The default is true.</value>
    public bool Report { get; init; } = true;

    /// <summary>Where to compute.</summary>
    /// <value>The default is <see cref="ExecutionDevice.Auto"/>.</value>
    public ExecutionDevice Device { get; init; } = ExecutionDevice.Auto;

    /// <exception cref="ArgumentException">A value is out of its range; the message names the value and the range.</exception>
    internal TrainOptions Validated()
    {
        Require(ValSplit is > 0 and < 1, nameof(ValSplit), ValSplit, "above 0 and below 1");
        Require(Epochs >= 1, nameof(Epochs), Epochs, "at least 1");
        Require(BatchSize is >= 3 and <= 4096, nameof(BatchSize), BatchSize, "3 to 4096");
        Require(ImageSize is null or (>= 16 and <= 1024), nameof(ImageSize), ImageSize, "16 to 1024 pixels");
        Require(Patience is null or >= 1, nameof(Patience), Patience, "at least 1 epoch");
        Require(KeepCheckpoints >= 1, nameof(KeepCheckpoints), KeepCheckpoints, "at least 1");
        Require(Enum.IsDefined(Trainable), nameof(Trainable), Trainable, "All, LastStage or Head");
        Require(Trainable == TrainableLayers.All || Weights is not null, nameof(Trainable), Trainable, "All without Weights to start from");
        ValidateRecipe();
        return this;
    }

    private static void Require(bool holds, string name, object? value, string expected)
    {
        if (!holds)
        {
            throw new ArgumentException(FormattableString.Invariant($"{name} is {value}: expected {expected}."));
        }
    }
}
