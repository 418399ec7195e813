using System.Globalization;

namespace ResNeXt.Training;

/// <summary>What a resumed run must share with the run that it goes on with, as text by name.</summary>
internal static class RunSettings
{
    /// <summary>What stands for an option that is off, or that the version that wrote a checkpoint did not know.</summary>
    public const string Off = "none";

    /// <summary>Name of the precision that the network computes in, off for float32.</summary>
    public const string Precision = "mixed precision";

    private const string Steps = "learning rate steps";
    /// <summary>Name of the passes over the images.</summary>
    public const string Epochs = "number of epochs";

    private const string Optimizer = "optimizer", Batch = "batch size", Rate = "learning rate", BackboneRate = "learning rate before the head",
        Warmup = "number of warm-up epochs", WeightDecay = "weight decay", CropScale = "crop scale";

    /// <summary>
    /// The options of a resume, with what the run began with in the place of null: defaults may be others by now. A run of before there was a rate
    /// for the layers before the head had one rate for all.
    /// </summary>
    /// <param name="options">The options, not resolved.</param>
    /// <param name="begun">The settings of the run that is resumed; of a new one none.</param>
    public static TrainOptions Resumed(TrainOptions options, IReadOnlyDictionary<string, string> begun) => !begun.ContainsKey(Rate) ? options : options with
    {
        Optimizer = options.Optimizer ?? (Enum.TryParse(begun.GetValueOrDefault(Optimizer), out OptimizerKind kind) ? kind : null),
        Epochs = options.Epochs ?? (int?)Number(begun, Epochs),
        BatchSize = options.BatchSize ?? (int?)Number(begun, Batch),
        LearningRate = options.LearningRate ?? Number(begun, Rate),
        BackboneLearningRateScale = options.BackboneLearningRateScale ?? Number(begun, BackboneRate) ?? 1,
        WarmupEpochs = options.WarmupEpochs ?? Number(begun, Warmup),
        WeightDecay = options.WeightDecay ?? Number(begun, WeightDecay),
        CropScale = options.CropScale ?? Number(begun, CropScale),
    };

    /// <param name="options">The options of the run, resolved.</param>
    /// <param name="data">Its images.</param>
    public static Dictionary<string, string> Of(TrainOptions options, DataSplit data) => new(
    [
        .. Options(options, data),
        .. DataFingerprint.Of("training", data.Training, data.Labels),
        .. DataFingerprint.Of("validation", data.Validation, data.Labels),
    ]);

    /// <summary>The text that says whether it is bfloat16.</summary>
    public static string PrecisionOf(bool? amp) => amp is true ? "bfloat16" : Off;

    private static Dictionary<string, string> Options(TrainOptions options, DataSplit data)
    {
        Dictionary<string, string> all = All(options, data);
        if (options.LearningRateSchedule != LearningRateScheduleKind.Step)
        {
            all.Remove(Steps); // of no effect, and the command of before wrote none where it should have written the default
        }

        return all;
    }

    private static Dictionary<string, string> All(TrainOptions options, DataSplit data) => new()
    {
        ["image size"] = Text(options.ImageSize),
        [Epochs] = Text(options.Epochs),
        [Batch] = Text(options.BatchSize),
        ["number of accumulated batches"] = Text(options.GradAccumSteps),
        [Optimizer] = Text(options.Optimizer),
        [Rate] = Text(options.LearningRate),
        [BackboneRate] = Text(options.BackboneLearningRateScale == 1 ? null : options.BackboneLearningRateScale),
        ["learning rate schedule"] = Text(options.LearningRateSchedule),
        [Steps] = string.Join(", ", options.LearningRateSteps.Select(share => Text(share))),
        ["learning rate gamma"] = Text(options.LearningRateGamma),
        [Warmup] = Text(options.WarmupEpochs),
        ["momentum"] = Text(options.Momentum),
        [WeightDecay] = Text(options.WeightDecay),
        ["weight decay of normalisation"] = Text(options.NormWeightDecay),
        ["layer decay"] = Text(options.LayerDecay),
        ["trainable layers"] = Text(options.Trainable),
        ["number of epochs to the next unfrozen stage"] = Text(options.UnfreezeEpochs),
        ["class balance"] = options.ClassBalanced ? "on" : Off,
        ["frozen batch normalisation"] = Text(options.FreezeBatchNorm),
        [Precision] = PrecisionOf(options.Amp),
        ["largest gradient"] = Text(options.ClipGradNorm),
        ["label smoothing"] = Text(options.LabelSmoothing),
        ["class weights"] = Text(options.ClassWeights),
        ["mixup"] = Text(options.MixupAlpha),
        ["CutMix"] = Text(options.CutmixAlpha),
        ["average of weights"] = options.ModelEma ? Text(options.ModelEmaDecay) : Off,
        [CropScale] = Text(options.CropScale),
        ["crop mode"] = Text(options.TrainCropMode),
        ["resize size"] = Text(options.Resize),
        ["augmentation"] = options.NoAugmentation ? "off" : Off,
        ["automatic augmentation"] = Text(options.AutoAugment),
        ["colour jitter"] = Text(options.ColorJitter),
        ["hue jitter"] = Text(options.ColorJitterHue > 0 ? options.ColorJitterHue : null),
        ["lighting"] = Text(options.Lighting),
        ["random erasing"] = Text(options.RandomErase),
        ["synchronised batch normalisation"] = options.SyncBatchNorm ? "on" : Off,
        ["learning rate by ranks"] = options.ScaleLearningRate ? "on" : Off,
        ["teacher"] = Text(options.TaughtBy?.Digest),
        ["values of the teacher"] = Text(options.TaughtBy?.Outputs),
        ["preparation of the teacher's photos"] = Text(options.TaughtBy?.Preparation),
        ["weight of the teacher's features"] = Text(options.TaughtBy is null ? null : options.DistillFeatures),
        ["weight of the teacher's maps"] = Text(options.TaughtBy is null ? null : options.DistillMaps),
        ["weight of the teacher's logits"] = Text(options.TaughtBy is null ? null : options.DistillLogits),
        ["temperature of the teacher's logits"] = Text(options.TaughtBy is null ? null : options.DistillTemperature),
        ["weight of the labels"] = Text(options.TaughtBy is null ? null : options.LabelWeight),
        ["patience"] = Text(options.Patience),
        ["seed"] = Text(options.Seed),
        ["number of training images"] = Text(data.Training.Count),
        ["number of validation images"] = Text(data.Validation.Count),
    };

    private static double? Number(IReadOnlyDictionary<string, string> settings, string name) =>
        double.TryParse(settings.GetValueOrDefault(name), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : null;

    private static string Text(object? value) => value is null ? Off : Convert.ToString(value, CultureInfo.InvariantCulture)!;
}
