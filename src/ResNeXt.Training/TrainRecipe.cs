namespace ResNeXt.Training;

/// <summary>
/// A training apart from its images and its folder: what <see cref="TrainOptions"/> and <see cref="ResNeXtTrainerOptions"/> have in
/// common. <see cref="TrainPreset"/> has whole recipes.
/// </summary>
public abstract partial record TrainRecipe
{
    private protected TrainRecipe()
    {
    }

    /// <summary>Name of the network: <see cref="ResNeXtArchitecture.Parse"/>.</summary>
    /// <value>The default, null, is that of <see cref="Weights"/>, read off their shapes if need be. A network without <see cref="Weights"/> starts from random ones.</value>
    public string? Architecture { get; init; }

    /// <summary>A <c>.safetensors</c> or <c>.pth</c> file to start from, or the name of pulled weights; its head is replaced when the class names differ.</summary>
    /// <remarks>They may be of a smaller network than <see cref="Architecture"/>, of the same stages and base width: further blocks begin by passing their
    /// input on and further paths by adding nothing, so that the larger network starts where the other one was (Chen et al. 2016, Net2Net).</remarks>
    /// <value>The default, null, starts from random weights where <see cref="Architecture"/> is given. With neither, a run starts from published weights that are pulled, free for
    /// every use and planned to end within 30 minutes, else from those of the embedded network. It is logged and recorded: a resumed run goes on as it began.</value>
    public string? Weights { get; init; }

    /// <summary>Passes over the training images.</summary>
    /// <value>At least 1. The default, null, is 30; in fine-tuning, from weights and without <see cref="Teacher"/>, 5 to 60 by the number of images. A head that is solved (<see cref="OptimizerKind.Lbfgs"/>) takes one, whatever stands here.</value>
    public int? Epochs { get; init; }

    /// <summary>Images in a step.</summary>
    /// <value>3 to 4096, so that none is left alone in a batch, which batch normalisation could not train on. The default, null, is 32; in fine-tuning
    /// 16 below 200 training images.</value>
    public int? BatchSize { get; init; }

    /// <summary>Epochs without a better validation accuracy after which the run ends early.</summary>
    /// <value>At least 1. The default, null, trains all <see cref="Epochs"/>.</value>
    public int? Patience { get; init; }

    /// <summary>Which layers learn; the others, their statistics included, stay those of <see cref="Weights"/>.</summary>
    /// <value>The default is <see cref="TrainableLayers.All"/>.</value>
    public TrainableLayers Trainable { get; init; }

    /// <summary>Let the head learn alone at first, and one stage more every so many epochs, the stem last (fastai's gradual unfreezing).</summary>
    /// <value>At least 1, with <see cref="Weights"/>. The default, null, is everything from the start.</value>
    public int? UnfreezeEpochs { get; init; }

    /// <summary>
    /// Show every class equally often in an epoch of about as many images: a large class shows part of its images, others in each
    /// epoch, a small one shows its own several times.
    /// </summary>
    public bool ClassBalanced { get; init; }

    /// <summary>Edge of the square that the network sees.</summary>
    /// <value>16 to 1024 pixels. The default, null, is that of <see cref="Weights"/>, else the architecture's: 224, or 32 with the CIFAR stem.</value>
    public int? ImageSize { get; init; }

    /// <summary>Length that the shorter side is resized to before the centre is cropped, in validation and wherever the model is used.</summary>
    /// <value><see cref="ImageSize"/> to 8192 pixels. The default, null, is in proportion to <see cref="ImageSize"/> what it was for <see cref="Weights"/>, else 256 to 224, with
    /// the CIFAR stem 1 to 1.</value>
    public int? Resize { get; init; }

    /// <summary>Let the exported model also give out where each class is seen: what <see cref="ResNeXtPredictor.HeatMap"/> needs.</summary>
    public bool ActivationMaps { get; init; }

    /// <summary>Seed of the split, the weights, the order of the images and their augmentation.</summary>
    public int Seed { get; init; }

    /// <summary>Where to compute.</summary>
    /// <value>The default is <see cref="ExecutionDevice.Auto"/>.</value>
    public ExecutionDevice Device { get; init; } = ExecutionDevice.Auto;

    /// <summary>Whether nothing says what to start from, so that it is chosen.</summary>
    internal bool StartIsOpen => Architecture is null && Weights is null;

    private bool HasWeights => Weights is not null || StartIsOpen;

    /// <exception cref="ArgumentException">A value is out of its range; the message names the value and the range.</exception>
    private protected void ValidateRecipe()
    {
        Require(Epochs is null or >= 1, nameof(Epochs), Epochs, "at least 1");
        Require(BatchSize is null or (>= 3 and <= 4096), nameof(BatchSize), BatchSize, "3 to 4096");
        Require(ImageSize is null or (>= 16 and <= 1024), nameof(ImageSize), ImageSize, "16 to 1024 pixels");
        Require(Resize is null || (Resize >= (ImageSize ?? 16) && Resize <= 8192), nameof(Resize), Resize, $"{ImageSize ?? 16} (the image size) to 8192 pixels");
        Require(UnfreezeEpochs is null or >= 1, nameof(UnfreezeEpochs), UnfreezeEpochs, "at least 1 epoch");
        Require(UnfreezeEpochs is null || HasWeights, nameof(UnfreezeEpochs), UnfreezeEpochs, "none without Weights to start from");
        Require(UnfreezeEpochs is null || Trainable != TrainableLayers.Head, nameof(UnfreezeEpochs), UnfreezeEpochs, "none where the head alone learns");
        Require(Patience is null or >= 1, nameof(Patience), Patience, "at least 1 epoch");
        Require(Enum.IsDefined(Trainable), nameof(Trainable), Trainable, "All, LastStage or Head");
        Require(Trainable == TrainableLayers.All || HasWeights, nameof(Trainable), Trainable, "All without Weights to start from");
        ValidateLearning();
        ValidateDistillation();
    }

    private protected static void Require(bool holds, string name, object? value, string expected)
    {
        if (!holds)
        {
            throw new ArgumentException(FormattableString.Invariant($"{name} is {value}: expected {expected}."));
        }
    }
}
