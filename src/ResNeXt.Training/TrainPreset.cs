namespace ResNeXt.Training;

/// <summary>Whole recipes; whatever is set after a preset replaces its part.</summary>
public static class TrainPreset
{
    /// <summary>Names of the presets.</summary>
    public static IReadOnlyList<string> Names { get; } = ["paper-imagenet", "paper-cifar", "finetune", "scratch"];

    /// <summary>Options with a preset's recipe in them.</summary>
    /// <param name="name">
    /// <c>paper-imagenet</c>, <c>paper-cifar</c>: as the paper trained (docs/paper.md tells where paper and code disagree);
    /// <c>finetune</c>: from weights, on few images; <c>scratch</c>: torchvision's new recipe, for long runs.
    /// </param>
    /// <param name="options">What the preset does not speak of. All but <c>finetune</c> are for random weights: where these name neither network nor weights,
    /// they take <c>resnext50_32x4d</c>.</param>
    /// <exception cref="ArgumentException">There is no such preset.</exception>
    public static T Apply<T>(string name, T options) where T : TrainRecipe => name switch
    {
        // Section 4 and the code's colours. Rate 0.1 at 256 images; a smaller --batch-size has less in proportion.
        "paper-imagenet" => Paper(options) with { Epochs = 100, BatchSize = 256, WeightDecay = 1e-4, CropScale = 0.08, TrainCropMode = TrainCropMode.RandomSized, ColorJitter = 0.4, Lighting = 0.1 },

        // Appendix A: 0.1 at 128 images, dropped after 150 and 225 of 300 epochs (the code: 148 and 223).
        "paper-cifar" => Paper(options) with { Epochs = 300, BatchSize = 128, LearningRate = 0.1, WeightDecay = 5e-4, LearningRateSteps = [0.5, 0.75] },

        "finetune" => options with { LabelSmoothing = 0.1, NormWeightDecay = 0, CropScale = 0.35, ClipGradNorm = 1 },

        // pytorch.org/blog/how-to-train-state-of-the-art-models-using-torchvision-latest-primitives, for fewer epochs.
        "scratch" => FromRandomWeights(options) with
        {
            Epochs = 200,
            WeightDecay = 2e-5,
            NormWeightDecay = 0,
            LabelSmoothing = 0.1,
            MixupAlpha = 0.2,
            CutmixAlpha = 1,
            AutoAugment = AutoAugment.TrivialAugmentWide,
            RandomErase = 0.1,
            ModelEma = true,
        },
        _ => throw new ArgumentException($"Preset '{name}' is unknown: expected {string.Join(", ", Names)}."),
    };

    /// <summary>No warm-up, a tenth of the rate at each step, Nesterov's momentum as in the code.</summary>
    private static T Paper<T>(T options) where T : TrainRecipe =>
        FromRandomWeights(options) with { Optimizer = OptimizerKind.Sgd, LearningRateSchedule = LearningRateScheduleKind.Step, WarmupEpochs = 0, Momentum = 0.9 };

    private static T FromRandomWeights<T>(T options) where T : TrainRecipe => options.StartIsOpen ? options with { Architecture = "resnext50_32x4d" } : options;
}
