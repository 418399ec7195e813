namespace ResNeXt.Training;

/// <summary>What <see cref="Trainer"/> is told. Only the images and the output folder are required.</summary>
public sealed record TrainOptions
{
    /// <summary>Training images: <see cref="ImageFolder.Enumerate"/> lists those of a folder. Their labels name the classes.</summary>
    public required IReadOnlyList<LabeledImage> Data { get; init; }

    /// <summary>Folder that receives <c>last.safetensors</c>, <c>best.safetensors</c> and <c>model.onnx</c>; created when missing.</summary>
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

    /// <summary>The largest learning rate.</summary>
    /// <value>Above 0, at most 1000. The default, null, is 0.1 for a batch of 256 in proportion to the batch (paper), a tenth of it with <see cref="Weights"/>.</value>
    public double? LearningRate { get; init; }

    /// <summary>Epochs of linear warm-up.</summary>
    /// <value>0 to <see cref="Epochs"/>. The default, null, is a tenth of the epochs, at most 5.</value>
    public double? WarmupEpochs { get; init; }

    /// <summary>Momentum of SGD (Nesterov's).</summary>
    /// <value>Above 0, below 1. The default is 0.9.</value>
    public double Momentum { get; init; } = 0.9;

    /// <summary>Weight decay of every parameter.</summary>
    /// <value>At least 0. The default, null, is 1e-4, 5e-4 with the CIFAR stem (paper).</value>
    public double? WeightDecay { get; init; }

    /// <summary>Smallest share of an image's area that a random crop keeps (torchvision's <c>scale</c>).</summary>
    /// <value>Above 0, at most 1. The default, null, is 0.08; with the CIFAR stem no such crop but the paper's: a border of an eighth of the edge
    /// in the mean colour, and a crop of the old size out of that.</value>
    public double? CropScale { get; init; }

    /// <summary>One random operation on each training image, after crop and flip (torchvision's <c>auto_augment</c>).</summary>
    /// <value>The default is <see cref="AutoAugment.None"/>.</value>
    public AutoAugment AutoAugment { get; init; }

    /// <summary>Strength of random changes of brightness, contrast and saturation, in random order (timm's <c>color_jitter</c>).</summary>
    /// <value>0 to 1: factors of 1 - this to 1 + this. The default is 0; the paper's code takes 0.4.</value>
    public double ColorJitter { get; init; }

    /// <summary>Share of the training images in which a random rectangle becomes the mean colour (torchvision's <c>random_erase</c>).</summary>
    /// <value>0 to 1. The default is 0; torchvision's reference takes 0.1.</value>
    public double RandomErase { get; init; }

    /// <summary>Edge of the square that the network sees.</summary>
    /// <value>16 to 1024 pixels. The default, null, is that of <see cref="Weights"/>, else the architecture's: 224, or 32 with the CIFAR stem.</value>
    public int? ImageSize { get; init; }

    /// <summary>Seed of the split, the weights, the order of the images and their augmentation.</summary>
    public int Seed { get; init; }

    /// <summary>Go on from <c>last.safetensors</c> in <see cref="Out"/> where there is one. The other options must be those of that run.</summary>
    public bool Resume { get; init; }

    /// <summary>Where to compute.</summary>
    /// <value>The default is <see cref="ExecutionDevice.Auto"/>.</value>
    public ExecutionDevice Device { get; init; } = ExecutionDevice.Auto;

    /// <exception cref="ArgumentException">A value is out of its range; the message names the value and the range.</exception>
    internal TrainOptions Validated()
    {
        Require(ValSplit is > 0 and < 1, nameof(ValSplit), ValSplit, "above 0 and below 1");
        Require(Epochs >= 1, nameof(Epochs), Epochs, "at least 1");
        Require(BatchSize is >= 3 and <= 4096, nameof(BatchSize), BatchSize, "3 to 4096");
        Require(LearningRate is null or (> 0 and <= 1000), nameof(LearningRate), LearningRate, "above 0, at most 1000");
        Require(WarmupEpochs is null || (WarmupEpochs >= 0 && WarmupEpochs <= Epochs), nameof(WarmupEpochs), WarmupEpochs, "0 to the number of epochs");
        Require(Momentum is > 0 and < 1, nameof(Momentum), Momentum, "above 0 and below 1");
        Require(WeightDecay is null or (>= 0 and < 1), nameof(WeightDecay), WeightDecay, "0 or more, below 1");
        Require(CropScale is null or (> 0 and <= 1), nameof(CropScale), CropScale, "above 0, at most 1");
        Require(Enum.IsDefined(AutoAugment), nameof(AutoAugment), AutoAugment, "None or TrivialAugmentWide");
        Require(ColorJitter is >= 0 and <= 1, nameof(ColorJitter), ColorJitter, "0 to 1");
        Require(RandomErase is >= 0 and <= 1, nameof(RandomErase), RandomErase, "0 to 1");
        Require(ImageSize is null or (>= 16 and <= 1024), nameof(ImageSize), ImageSize, "16 to 1024 pixels");
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
