namespace ResNeXt.Training;

/// <content>How the network learns.</content>
public abstract partial record TrainRecipe
{
    /// <summary>What turns gradients into steps.</summary>
    /// <value>The default, null, is <see cref="OptimizerKind.Sgd"/>; in fine-tuning, from weights and without <see cref="Teacher"/>, <see cref="OptimizerKind.AdamW"/>, and
    /// <see cref="OptimizerKind.Lbfgs"/> where the head alone learns from images that stay the same.</value>
    public OptimizerKind? Optimizer { get; init; }

    /// <summary>How the learning rate goes over the run.</summary>
    /// <value>The default is <see cref="LearningRateScheduleKind.Cosine"/>.</value>
    public LearningRateScheduleKind LearningRateSchedule { get; init; }

    /// <summary>Where <see cref="LearningRateScheduleKind.Step"/> lowers the rate, as shares of the run.</summary>
    /// <value>Above 0, below 1, rising. The default is 0.3, 0.6 and 0.9 (ImageNet in the paper).</value>
    public IReadOnlyList<double> LearningRateSteps { get; init; } = [0.3, 0.6, 0.9];

    /// <summary>What it is multiplied by there (torchvision's <c>lr_gamma</c>).</summary>
    /// <value>Above 0, below 1. The default is 0.1.</value>
    public double LearningRateGamma { get; init; } = 0.1;

    /// <summary>The largest learning rate, that of the head.</summary>
    /// <value>Above 0, at most 1000. The default, null, is 0.1 for 256 images an update and in proportion to them (paper), with AdamW 0.001 and in
    /// proportion to their root. In fine-tuning AdamW's is 0.01, for any number of them.</value>
    public double? LearningRate { get; init; }

    /// <summary>What the learning rate is multiplied by for all layers before the head (fastai's discriminative rates): a new head has everything to learn, they have
    /// much to lose. <see cref="LayerDecay"/> comes on top of it.</summary>
    /// <value>Above 0, at most 1. The default, null, is 0.1 with <see cref="Weights"/> and without <see cref="Teacher"/>, else 1.</value>
    public double? BackboneLearningRateScale { get; init; }

    /// <summary>Epochs of linear warm-up.</summary>
    /// <value>0 to <see cref="Epochs"/>. The default, null, is a tenth of the epochs, at most 5; 0.3 of them in one cycle.</value>
    public double? WarmupEpochs { get; init; }

    /// <summary>Momentum of SGD (Nesterov's).</summary>
    /// <value>Above 0, below 1. The default is 0.9.</value>
    public double Momentum { get; init; } = 0.9;

    /// <summary>Weight decay of every parameter.</summary>
    /// <value>At least 0. The default, null, is 1e-4, 5e-4 with the CIFAR stem (paper); with AdamW PyTorch's 0.01. A head that
    /// is solved takes 10 divided by the training images, on standardised features, and none of the bias.</value>
    public double? WeightDecay { get; init; }

    /// <summary>Weight decay of normalisation and biases (torchvision's <c>norm_weight_decay</c>).</summary>
    /// <value>At least 0. The default, null, is <see cref="WeightDecay"/>, as in the paper's code.</value>
    public double? NormWeightDecay { get; init; }

    /// <summary>What a learning rate is multiplied by from each stage to the one before it, the head having the whole rate (timm's <c>layer_decay</c>).</summary>
    /// <value>Above 0, at most 1. The default, 1, is one rate for all stages. It multiplies with <see cref="BackboneLearningRateScale"/>.</value>
    public double LayerDecay { get; init; } = 1;

    /// <summary>Keep scale, shift and statistics of batch normalisation as they are.</summary>
    public bool FreezeBatchNorm { get; init; }

    /// <summary>Start with blocks that pass their input on: their last scale is zero (torchvision's <c>zero_init_residual</c>). Of no effect on loaded weights.</summary>
    public bool ZeroInitResidual { get; init; }

    /// <summary>Compute the network up to its last layer in bfloat16, forward and backward (torchvision's <c>amp</c>). Weights, their gradients, the optimizer, the
    /// statistics of normalisation, the last layer, the loss and the validation stay in float32.</summary>
    /// <value>The default, null, is true on a CPU that has instructions for it (AVX512_BF16), else false; a resumed run goes on as it began.</value>
    public bool? Amp { get; init; }

    /// <summary>Batches whose gradients are averaged for one update.</summary>
    /// <value>1 to 1024. The default is 1.</value>
    public int GradAccumSteps { get; init; } = 1;

    /// <summary>Largest length of the gradient of all parameters together (torchvision's <c>clip_grad_norm</c>).</summary>
    /// <value>Above 0. The default, null, does not clip.</value>
    public double? ClipGradNorm { get; init; }

    /// <summary>Share of the target that is spread over all classes.</summary>
    /// <value>0 to 1. The default is 0; torchvision's new recipe takes 0.1.</value>
    public double LabelSmoothing { get; init; }

    /// <summary>How much the images of each class count in the loss (PyTorch's <c>weight</c>): for classes of unequal size or importance.</summary>
    /// <value>The default, null, is all alike.</value>
    public ClassWeights? ClassWeights { get; init; }

    /// <summary>Parameter of the beta distribution by which mixup mixes two images.</summary>
    /// <value>0 to 100. The default, 0, is off; torchvision's new recipe takes 0.2.</value>
    public double MixupAlpha { get; init; }

    /// <summary>The same of CutMix. Where both are on, each batch draws one of them.</summary>
    /// <value>0 to 100. The default, 0, is off; torchvision's new recipe takes 1.</value>
    public double CutmixAlpha { get; init; }

    /// <summary>Validate and export an exponential moving average of the weights.</summary>
    public bool ModelEma { get; init; }

    /// <summary>How much of the average an update keeps; the first updates keep less (timm's <c>model_ema_warmup</c>).</summary>
    /// <value>Above 0, below 1. The default is timm's 0.9998.</value>
    public double ModelEmaDecay { get; init; } = 0.9998;

    /// <summary>Smallest share of an image's area that a random crop keeps (torchvision's <c>scale</c>).</summary>
    /// <value>Above 0, at most 1. The default, null, is 0.08, in fine-tuning 0.35; with the CIFAR stem no such crop but the paper's: a border of an eighth of the edge
    /// in the mean colour, and a crop of the old size out of that.</value>
    public double? CropScale { get; init; }

    /// <summary>How that crop is drawn.</summary>
    /// <value>The default, null, is <see cref="TrainCropMode.RandomResized"/>; with the CIFAR stem the paper's crop, unless this or <see cref="CropScale"/> is given.</value>
    public TrainCropMode? TrainCropMode { get; init; }

    /// <summary>
    /// Prepare training images as those of the validation, whatever the other options say (timm's <c>no_aug</c>). Where the head alone learns,
    /// the features of the images are then computed once, and the head is solved (<see cref="OptimizerKind.Lbfgs"/>).
    /// </summary>
    public bool NoAugmentation { get; init; }

    /// <summary>One random operation on each training image, after crop and flip (torchvision's <c>auto_augment</c>).</summary>
    /// <value>The default is <see cref="AutoAugment.None"/>.</value>
    public AutoAugment AutoAugment { get; init; }

    /// <summary>Strength of random changes of brightness, contrast and saturation, in random order (timm's <c>color_jitter</c>).</summary>
    /// <value>0 to 1: factors of 1 - this to 1 + this. The default is 0; the paper's code takes 0.4.</value>
    public double ColorJitter { get; init; }

    /// <summary>Strength of random turns of the hue, together with <see cref="ColorJitter"/> (the fourth number of torchvision's <c>ColorJitter</c>).</summary>
    /// <value>0 to 0.5 turns each way. The default is 0.</value>
    public double ColorJitterHue { get; init; }

    /// <summary>Share of the training images in which a random rectangle becomes the mean colour (torchvision's <c>random_erase</c>).</summary>
    /// <value>0 to 1. The default is 0; torchvision's reference takes 0.1.</value>
    public double RandomErase { get; init; }

    /// <summary>Strength of random multiples of the colours' main directions in ImageNet, after the jitter (the paper's code).</summary>
    /// <value>0 to 1. The default is 0; the paper's code takes 0.1.</value>
    public double Lighting { get; init; }

    /// <summary>The same with the defaults of a network in the place of null; only <see cref="CropScale"/> may stay null.</summary>
    /// <param name="architecture">The network.</param>
    /// <param name="preprocessing">Its input.</param>
    /// <param name="photos">Training images.</param>
    /// <param name="largestUpdate">The most images whose gradients can make an update, on each rank.</param>
    /// <exception cref="ArgumentException">The warm-up is longer than the epochs.</exception>
    internal TrainRecipe For(ResNeXtArchitecture architecture, ImagePreprocessing preprocessing, int photos, int largestUpdate = int.MaxValue)
    {
        FineTuningDefaults defaults = Defaults(architecture, photos);
        int batch = BatchSize ?? defaults.BatchSize;
        OptimizerKind optimizer = Optimizer ?? (HasFixedFeatures ? OptimizerKind.Lbfgs : defaults.Optimizer);
        bool solved = optimizer == OptimizerKind.Lbfgs;
        int epochs = solved ? 1 : Epochs ?? defaults.Epochs;
        double warmup = LearningRateSchedule == LearningRateScheduleKind.OneCycle ? epochs * 0.3 : Math.Min(epochs * 0.1, 5);
        TrainRecipe resolved = this with
        {
            ImageSize = preprocessing.ImageSize,
            Optimizer = optimizer,
            Epochs = epochs,
            BatchSize = batch,
            LearningRate = LearningRate ?? defaults.LearningRate(optimizer, Math.Min(batch * GradAccumSteps, largestUpdate)),
            BackboneLearningRateScale = BackboneLearningRateScale ?? defaults.BackboneLearningRateScale,
            WarmupEpochs = solved ? 0 : WarmupEpochs ?? warmup,
            WeightDecay = WeightDecay ?? defaults.WeightDecay(optimizer, photos),
            CropScale = CropScale ?? (TrainCropMode is null ? defaults.CropScale : defaults.CropScale ?? 0.08),
        };
        resolved.RequireWarmup();
        return resolved;
    }

    /// <summary>What suits so many training images.</summary>
    internal FineTuningDefaults Defaults(ResNeXtArchitecture architecture, int photos) =>
        FineTuningDefaults.For(photos, Weights is not null && Teacher is null, architecture); // what a teacher teaches is the network, not the head

    /// <summary>Whether the features of every image stay the same over the run, and the last layer is all that there is.</summary>
    internal bool HasFixedFeatures => CachesFeatures && !ModelEma && Teacher is null;

    /// <summary>Whether the features of the training images are computed once: the head alone learns, and no chance changes the images.</summary>
    internal bool CachesFeatures => Trainable == TrainableLayers.Head && NoAugmentation && MixupAlpha == 0 && CutmixAlpha == 0;

    private void RequireWarmup() => Require(WarmupEpochs is null || (WarmupEpochs >= 0 && !(WarmupEpochs > Epochs)), nameof(WarmupEpochs), WarmupEpochs, "0 to the number of epochs");

    private void ValidateLearning()
    {
        Require(Optimizer is null || Enum.IsDefined(Optimizer.Value), nameof(Optimizer), Optimizer, "Sgd, AdamW or Lbfgs");
        Require(Optimizer != OptimizerKind.Lbfgs || HasFixedFeatures, nameof(Optimizer), Optimizer, "Sgd or AdamW; Lbfgs is for Trainable Head with NoAugmentation, without mixup, CutMix, average of weights and Teacher");
        Require(Enum.IsDefined(LearningRateSchedule), nameof(LearningRateSchedule), LearningRateSchedule, "Cosine, Step or OneCycle");
        bool rises = LearningRateSteps.Zip(LearningRateSteps.Skip(1)).All(pair => pair.First < pair.Second);
        Require(rises && LearningRateSteps.All(share => share is > 0 and < 1), nameof(LearningRateSteps), string.Join(", ", LearningRateSteps), "rising shares above 0 and below 1");
        Require(LearningRateGamma is > 0 and < 1, nameof(LearningRateGamma), LearningRateGamma, "above 0 and below 1");
        Require(LearningRate is null or (> 0 and <= 1000), nameof(LearningRate), LearningRate, "above 0, at most 1000");
        Require(BackboneLearningRateScale is null or (> 0 and <= 1), nameof(BackboneLearningRateScale), BackboneLearningRateScale, "above 0, at most 1");
        RequireWarmup();
        Require(Momentum is > 0 and < 1, nameof(Momentum), Momentum, "above 0 and below 1");
        Require(WeightDecay is null or (>= 0 and < 1), nameof(WeightDecay), WeightDecay, "0 or more, below 1");
        Require(NormWeightDecay is null or (>= 0 and < 1), nameof(NormWeightDecay), NormWeightDecay, "0 or more, below 1");
        Require(LayerDecay is > 0 and <= 1, nameof(LayerDecay), LayerDecay, "above 0, at most 1");
        Require(GradAccumSteps is >= 1 and <= 1024, nameof(GradAccumSteps), GradAccumSteps, "1 to 1024");
        Require(ClipGradNorm is null || (ClipGradNorm > 0 && double.IsFinite(ClipGradNorm.Value)), nameof(ClipGradNorm), ClipGradNorm, "above 0");
        Require(LabelSmoothing is >= 0 and <= 1, nameof(LabelSmoothing), LabelSmoothing, "0 to 1");
        Require(!ClassBalanced || ClassWeights != ClassWeights.Balanced, nameof(ClassWeights), ClassWeights, "weights by label, or none, where ClassBalanced shows every class equally often");
        Require(!ZeroInitResidual || !FreezeBatchNorm || HasWeights, nameof(FreezeBatchNorm), FreezeBatchNorm, "false where ZeroInitResidual starts with scales of zero, which have to learn");
        Require(MixupAlpha is >= 0 and <= 100, nameof(MixupAlpha), MixupAlpha, "0 to 100");
        Require(CutmixAlpha is >= 0 and <= 100, nameof(CutmixAlpha), CutmixAlpha, "0 to 100");
        Require(ModelEmaDecay is > 0 and < 1, nameof(ModelEmaDecay), ModelEmaDecay, "above 0 and below 1");
        Require(CropScale is null or (> 0 and <= 1), nameof(CropScale), CropScale, "above 0, at most 1");
        Require(TrainCropMode is null || Enum.IsDefined(TrainCropMode.Value), nameof(TrainCropMode), TrainCropMode, "RandomResized or RandomSized");
        Require(ColorJitterHue is >= 0 and <= 0.5, nameof(ColorJitterHue), ColorJitterHue, "0 to 0.5");
        Require(Enum.IsDefined(AutoAugment), nameof(AutoAugment), AutoAugment, "None or TrivialAugmentWide");
        Require(ColorJitter is >= 0 and <= 1, nameof(ColorJitter), ColorJitter, "0 to 1");
        Require(RandomErase is >= 0 and <= 1, nameof(RandomErase), RandomErase, "0 to 1");
        Require(Lighting is >= 0 and <= 1, nameof(Lighting), Lighting, "0 to 1");
    }
}
