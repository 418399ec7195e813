using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace ResNeXt.Training;

/// <summary>The options of <c>train</c> that say how the network learns, by the names of torchvision's and timm's scripts.</summary>
internal sealed class RecipeOptions
{
    private static readonly TrainOptions Defaults = new() { Data = [], Out = "" };

    private readonly Option<string?> _preset = Choice("--preset", "Recipe that the other options change", [.. TrainPreset.Names]);
    private readonly Option<int?> _epochs = CommandOptions.Integer("--epochs", "N", "Passes over the images (default 30; from weights 5 to 60 by their number).");
    private readonly Option<int?> _batchSize = CommandOptions.Integer("--batch-size", "N", "Images in a step (default 32; from weights 16 below 200 images).");
    private readonly Option<string?> _opt = Choice("--opt", "Optimizer", ["sgd", "adamw", "lbfgs"], "sgd; from weights adamw; lbfgs, which solves the head in one epoch, with --trainable head --no-aug");
    private readonly Option<double?> _lr = CommandOptions.Number("--lr", "F", "Largest learning rate, the head's (default 0.1 * images an update / 256, adamw 0.001 * the root of that, from weights 0.01).");
    private readonly Option<double?> _backboneLrScale = CommandOptions.Number("--backbone-lr-scale", "F", "What it is multiplied by before the head (default 0.1 with --weights and without --teacher, else 1).");
    private readonly Option<string?> _scheduler = Choice("--lr-scheduler", "Course of the learning rate", ["cosine", "step", "onecycle"]);
    private readonly Option<double[]?> _lrSteps = new("--lr-steps")
    {
        HelpName = "F,F,...",
        Description = "Shares of the run at which 'step' lowers the rate (default 0.3,0.6,0.9).",
        Arity = ArgumentArity.ExactlyOne,
        CustomParser = result => CommandOptions.ParseNumbers(result, "--lr-steps", "0.5,0.75"),
    };

    private readonly Option<double?> _lrGamma = CommandOptions.Number("--lr-gamma", "F", $"What the rate is multiplied by there (default {Defaults.LearningRateGamma}).");
    private readonly Option<double?> _warmup = CommandOptions.Number("--warmup-epochs", "F", "Epochs of linear warm-up (default a tenth of all, at most 5; 0.3 of all in one cycle).");
    private readonly Option<double?> _weightDecay = CommandOptions.Number("--weight-decay", "F", "Weight decay (default 1e-4; 5e-4 with the CIFAR stem; adamw 0.01).");
    private readonly Option<double?> _normWeightDecay = CommandOptions.Number("--norm-weight-decay", "F", "Weight decay of normalisation and biases (default --weight-decay).");
    private readonly Option<double?> _layerDecay = CommandOptions.Number("--layer-decay", "F", "Factor of the learning rate from each stage to the one before it, beside --backbone-lr-scale (default 1).");
    private readonly Option<string?> _trainable = Choice("--trainable", "Layers that learn", ["all", "last-stage", "head"]);
    private readonly Option<int?> _unfreezeEpochs = CommandOptions.Integer("--unfreeze-epochs", "N", "Start with the head alone and let one stage more learn every N epochs (default none).");
    private readonly Option<bool> _classBalanced = new("--class-balanced") { Description = "Show every class equally often in an epoch." };
    private readonly Option<bool> _freezeBatchNorm = new("--freeze-bn") { Description = "Keep batch normalisation as it is." };
    private readonly Option<bool> _zeroInitResidual = new("--zero-init-residual") { Description = "Start with blocks that pass their input on." };
    private readonly Option<bool> _amp = new("--amp") { Description = "Compute in bfloat16 with weights in float32 (default where the processor has AVX512_BF16)." };
    private readonly Option<bool> _noAmp = new("--no-amp") { Description = "Compute in float32." };
    private readonly Option<int?> _gradAccumSteps = CommandOptions.Integer("--grad-accum-steps", "N", "Batches whose gradients make one update (default 1).");
    private readonly Option<double?> _clipGradNorm = CommandOptions.Number("--clip-grad-norm", "F", "Largest length of the gradient (default none).");
    private readonly Option<double?> _labelSmoothing = CommandOptions.Number("--label-smoothing", "F", "Share of the target that is spread over all classes (default 0).");
    private readonly Option<ClassWeights?> _classWeights = new("--class-weights")
    {
        HelpName = "balanced|LABEL=F,...",
        Description = "How much the images of each class count in the loss (default all alike).",
        Arity = ArgumentArity.ExactlyOne,
        CustomParser = ParseClassWeights,
    };

    private readonly Option<double?> _mixup = CommandOptions.Number("--mixup-alpha", "F", "Mixup: parameter of its beta distribution (default 0, off).");
    private readonly Option<double?> _cutmix = CommandOptions.Number("--cutmix-alpha", "F", "CutMix: parameter of its beta distribution (default 0, off).");
    private readonly Option<bool> _ema = new("--model-ema") { Description = "Validate and export a moving average of the weights." };
    private readonly Option<double?> _emaDecay = CommandOptions.Number("--model-ema-decay", "F", $"How much of it an update keeps (default {Defaults.ModelEmaDecay}).");
    private readonly Option<int?> _patience = CommandOptions.Integer("--patience", "N", "Epochs without a better one after which to stop (default none).");
    private readonly Option<double?> _cropScale = CommandOptions.Number("--crop-scale", "F", "Smallest share of an image that a random crop keeps (default 0.08, from weights 0.35; with the CIFAR stem a shift by up to an eighth of the edge).");
    private readonly Option<string?> _trainCropMode = CommandOptions.Text("--train-crop-mode", "rrc|rsc", "How it is drawn: torchvision's RandomResizedCrop, or RandomSizedCrop of the paper's code (default rrc).");
    private readonly Option<bool> _noAug = new("--no-aug") { Description = "Prepare training images as those of the validation, whatever the other options say. With --trainable head their features are computed once, and the head is solved." };
    private readonly Option<string?> _autoAugment = CommandOptions.Text("--auto-augment", "ta_wide", "Random operation on each training image: TrivialAugmentWide (default none).");
    private readonly Option<double?> _colorJitter = CommandOptions.Number("--color-jitter", "F", "Strength of random brightness, contrast and saturation (default 0).");
    private readonly Option<double?> _hue = CommandOptions.Number("--color-jitter-hue", "F", "Strength of random turns of the hue, at most 0.5 (default 0).");
    private readonly Option<double?> _lighting = CommandOptions.Number("--lighting", "F", "Strength of random changes along the colours' main directions (default 0; the paper's code 0.1).");
    private readonly Option<double?> _randomErase = CommandOptions.Number("--random-erase", "F", "Share of the training images that lose a random rectangle (default 0).");

    private readonly Option<string?> _teacher = CommandOptions.Text("--teacher", "FILE.onnx", "A network to learn from beside the labels: a model of ours, or any other that takes photos.");
    private readonly Option<string?> _teacherOutput = CommandOptions.Text("--teacher-output", "NAME", "The value of its graph that is learned (default what a model of ours pools, else its only output).");
    private readonly Option<int?> _teacherImageSize = CommandOptions.Integer("--teacher-image-size", "N", "Edge of the square that a teacher of another kind sees (default its input's, else 224).");
    private readonly Option<float[]?> _teacherMean = CommandOptions.Colors("--teacher-mean", "What is subtracted for it, on the scale 0 to 1 (default ImageNet's).");
    private readonly Option<float[]?> _teacherStd = CommandOptions.Colors("--teacher-std", "What is divided by for it, on the scale 0 to 1 (default ImageNet's; 0.00392156863 leaves 0 to 255).");
    private readonly Option<string?> _teacherChannelOrder = Choice("--teacher-channel-order", "The order of its colours", ["rgb", "bgr"]);
    private readonly Option<string?> _teacherViews = Choice("--teacher-views", "What it sees of a photo, averaged", ["center", "flip", "tencrop"]);
    private readonly Option<string?> _teacherCache = CommandOptions.Text("--teacher-cache", "DIR", "Where its outputs are kept; runs may share it (default teacher in --out).");
    private readonly Option<double?> _distillFeatures = CommandOptions.Number("--distill-features", "W", "Weight of the regression of its features (default 10).");
    private readonly Option<double?> _distillMaps = CommandOptions.Number("--distill-maps", "W", "Weight of the regression of its map, place by place (default 0).");
    private readonly Option<double?> _distillLogits = CommandOptions.Number("--distill-logits", "W", "Weight of the divergence from its classes (default 1 for a model of ours with the same classes, else 0).");
    private readonly Option<double?> _distillTemperature = CommandOptions.Number("--distill-temperature", "T", $"What the logits of both are divided by there (default {Defaults.DistillTemperature}).");
    private readonly Option<double?> _labelWeight = CommandOptions.Number("--label-weight", "W", "Weight of the labels beside a teacher (default 1; 0 trains a featurizer).");

    public RecipeOptions()
    {
        _autoAugment.AcceptOnlyFromAmong("ta_wide");
        _trainCropMode.AcceptOnlyFromAmong("rrc", "rsc");
    }

    public void AddTo(Verb command)
    {
        foreach (Option option in (Option[])[_epochs, _batchSize, _lr, _preset])
        {
            command.Options.Add(option);
        }

        command.AddGroup(
            "Learning",
            _opt, _backboneLrScale, _scheduler, _lrSteps, _lrGamma, _warmup, _weightDecay, _normWeightDecay, _layerDecay, _trainable, _unfreezeEpochs, _freezeBatchNorm,
            _zeroInitResidual, _classBalanced, _classWeights, _labelSmoothing, _gradAccumSteps, _clipGradNorm, _ema, _emaDecay, _patience, _amp, _noAmp);
        command.AddGroup("Augmentation", _cropScale, _trainCropMode, _noAug, _autoAugment, _colorJitter, _hue, _lighting, _randomErase, _mixup, _cutmix);
        command.AddGroup(
            "A teacher",
            _teacher, _teacherOutput, _teacherImageSize, _teacherMean, _teacherStd, _teacherChannelOrder, _teacherViews, _teacherCache,
            _distillFeatures, _distillMaps, _distillLogits, _distillTemperature, _labelWeight);
        command.Validators.Add(result =>
        {
            if (result.GetResult(_amp) is not null && result.GetResult(_noAmp) is not null)
            {
                result.AddError("--amp and --no-amp exclude each other: give one, or neither for what suits the processor.");
            }
        });
    }

    /// <summary>Whether there is something to learn from beside labels.</summary>
    public bool HasTeacher(ParseResult parse) => parse.GetValue(_teacher) is not null;

    /// <summary>The options with the preset, and what was given beside it.</summary>
    /// <exception cref="UsageException">An option is given that another makes useless.</exception>
    public TrainOptions Apply(ParseResult parse, TrainOptions options)
    {
        TrainOptions preset = parse.GetValue(_preset) is string name ? TrainPreset.Apply(name, options) : options;
        TrainOptions applied = preset with
        {
            Epochs = parse.GetValue(_epochs) ?? preset.Epochs,
            BatchSize = parse.GetValue(_batchSize) ?? preset.BatchSize,
            Optimizer = parse.GetValue(_opt) switch { "sgd" => OptimizerKind.Sgd, "adamw" => OptimizerKind.AdamW, "lbfgs" => OptimizerKind.Lbfgs, _ => preset.Optimizer },
            LearningRate = parse.GetValue(_lr) ?? preset.LearningRate,
            BackboneLearningRateScale = parse.GetValue(_backboneLrScale) ?? preset.BackboneLearningRateScale,
            LearningRateSchedule = parse.GetValue(_scheduler) switch
            {
                "cosine" => LearningRateScheduleKind.Cosine,
                "step" => LearningRateScheduleKind.Step,
                "onecycle" => LearningRateScheduleKind.OneCycle,
                _ => preset.LearningRateSchedule,
            },
            LearningRateSteps = CommandOptions.Numbers(parse, _lrSteps) ?? preset.LearningRateSteps,
            LearningRateGamma = parse.GetValue(_lrGamma) ?? preset.LearningRateGamma,
            WarmupEpochs = parse.GetValue(_warmup) ?? preset.WarmupEpochs,
            WeightDecay = parse.GetValue(_weightDecay) ?? preset.WeightDecay,
            NormWeightDecay = parse.GetValue(_normWeightDecay) ?? preset.NormWeightDecay,
            LayerDecay = parse.GetValue(_layerDecay) ?? preset.LayerDecay,
            Trainable = parse.GetValue(_trainable) switch { "last-stage" => TrainableLayers.LastStage, "head" => TrainableLayers.Head, _ => preset.Trainable },
            UnfreezeEpochs = parse.GetValue(_unfreezeEpochs) ?? preset.UnfreezeEpochs,
            ClassBalanced = parse.GetValue(_classBalanced) || preset.ClassBalanced,
            FreezeBatchNorm = parse.GetValue(_freezeBatchNorm) || preset.FreezeBatchNorm,
            ZeroInitResidual = parse.GetValue(_zeroInitResidual) || preset.ZeroInitResidual,
            Amp = parse.GetValue(_amp) ? true : parse.GetValue(_noAmp) ? false : preset.Amp,
            GradAccumSteps = parse.GetValue(_gradAccumSteps) ?? preset.GradAccumSteps,
            ClipGradNorm = parse.GetValue(_clipGradNorm) ?? preset.ClipGradNorm,
            LabelSmoothing = parse.GetValue(_labelSmoothing) ?? preset.LabelSmoothing,
            ClassWeights = parse.GetValue(_classWeights) ?? preset.ClassWeights,
            MixupAlpha = parse.GetValue(_mixup) ?? preset.MixupAlpha,
            CutmixAlpha = parse.GetValue(_cutmix) ?? preset.CutmixAlpha,
            ModelEma = parse.GetValue(_ema) || preset.ModelEma,
            ModelEmaDecay = parse.GetValue(_emaDecay) ?? preset.ModelEmaDecay,
            Patience = parse.GetValue(_patience) ?? preset.Patience,
            CropScale = parse.GetValue(_cropScale) ?? preset.CropScale,
            TrainCropMode = parse.GetValue(_trainCropMode) switch { "rrc" => TrainCropMode.RandomResized, "rsc" => TrainCropMode.RandomSized, _ => preset.TrainCropMode },
            NoAugmentation = parse.GetValue(_noAug) || preset.NoAugmentation,
            AutoAugment = parse.GetValue(_autoAugment) is null ? preset.AutoAugment : AutoAugment.TrivialAugmentWide,
            ColorJitter = parse.GetValue(_colorJitter) ?? preset.ColorJitter,
            ColorJitterHue = parse.GetValue(_hue) ?? preset.ColorJitterHue,
            Lighting = parse.GetValue(_lighting) ?? preset.Lighting,
            RandomErase = parse.GetValue(_randomErase) ?? preset.RandomErase,
            Teacher = parse.GetValue(_teacher),
            TeacherOutput = parse.GetValue(_teacherOutput),
            TeacherImageSize = parse.GetValue(_teacherImageSize),
            TeacherMean = CommandOptions.Numbers(parse, _teacherMean),
            TeacherStd = CommandOptions.Numbers(parse, _teacherStd),
            TeacherChannelOrder = parse.GetValue(_teacherChannelOrder) == "bgr" ? ChannelOrder.Bgr : ChannelOrder.Rgb,
            TeacherViews = parse.GetValue(_teacherViews) switch { "flip" => ImageViews.Flip, "tencrop" => ImageViews.TenCrop, _ => ImageViews.Center },
            TeacherCache = parse.GetValue(_teacherCache),
            DistillFeatures = parse.GetValue(_distillFeatures),
            DistillMaps = parse.GetValue(_distillMaps) ?? preset.DistillMaps,
            DistillLogits = parse.GetValue(_distillLogits),
            DistillTemperature = parse.GetValue(_distillTemperature) ?? preset.DistillTemperature,
            LabelWeight = parse.GetValue(_labelWeight),
        };
        parse.CommandResult.RequireUse(
            HasTeacher(parse), "--teacher", _teacherOutput, _teacherImageSize, _teacherMean, _teacherStd, _teacherChannelOrder, _teacherViews, _teacherCache,
            _distillFeatures, _distillMaps, _distillLogits, _distillTemperature, _labelWeight);
        parse.CommandResult.RequireUse(applied.ModelEma, "--model-ema", _emaDecay);
        parse.CommandResult.RequireUse(applied.LearningRateSchedule == LearningRateScheduleKind.Step, "--lr-scheduler step", _lrSteps, _lrGamma);
        return applied;
    }

    private static Option<string?> Choice(string name, string description, string[] values, string? byDefault = null)
    {
        Option<string?> option = CommandOptions.Text(name, string.Join('|', values), $"{description} (default {byDefault ?? (name == "--preset" ? "none" : values[0])}).");
        option.AcceptOnlyFromAmong(values);
        return option;
    }

    private static ClassWeights? ParseClassWeights(ArgumentResult result)
    {
        try
        {
            return ClassWeights.Parse(result.Tokens[0].Value);
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException)
        {
            result.AddError($"--class-weights: {exception.Message}");
            return null;
        }
    }
}
