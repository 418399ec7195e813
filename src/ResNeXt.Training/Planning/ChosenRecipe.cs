using System.Text.Json.Serialization;

namespace ResNeXt.Training;

/// <summary>
/// What a run takes where it is told nothing of what to start from: the weights, and a recipe that suits them and the number of images.
/// A checkpoint keeps it, so a resumed run chooses nothing anew.
/// </summary>
internal sealed record ChosenRecipe
{
    /// <summary>The name of pulled weights, or <see cref="EmbeddedWeights.Name"/>.</summary>
    public required string Weights { get; init; }

    public required int ImageSize { get; init; }

    [JsonConverter(typeof(JsonStringEnumConverter<OptimizerKind>))]
    public required OptimizerKind Optimizer { get; init; }

    public required double LearningRate { get; init; }

    public required double BackboneLearningRateScale { get; init; }

    public required int Epochs { get; init; }

    public required int BatchSize { get; init; }

    public required double CropScale { get; init; }

    /// <summary>
    /// A recipe that starts from these weights, with the rest of this wherever it says nothing. The learning rate is for this optimizer alone.
    /// </summary>
    public T Apply<T>(T recipe) where T : TrainRecipe => recipe with
    {
        Weights = Weights,
        ImageSize = recipe.ImageSize ?? ImageSize,
        Optimizer = recipe.Optimizer ?? (recipe.HasFixedFeatures ? null : Optimizer),
        LearningRate = recipe.LearningRate ?? (TakesOptimizer(recipe) ? LearningRate : null),
        BackboneLearningRateScale = recipe.BackboneLearningRateScale ?? (TakesOptimizer(recipe) ? BackboneLearningRateScale : null),
        Epochs = recipe.Epochs ?? Epochs,
        GivenBatchSize = recipe.GivenBatchSize ?? BatchSize,
        CropScale = recipe.CropScale ?? CropScale,
    };

    private static bool TakesOptimizer(TrainRecipe recipe) => recipe.Optimizer is null && !recipe.HasFixedFeatures;

    /// <summary>What was chosen and why, in a line.</summary>
    /// <param name="photos">Images of the training folder.</param>
    /// <param name="architecture">The network of the weights.</param>
    /// <param name="options">The options of the run, resolved.</param>
    /// <param name="resumed">Whether it was chosen when the run began.</param>
    public string Reason(int photos, string architecture, TrainRecipe options, bool resumed)
    {
        string optimizer = options.Optimizer switch { OptimizerKind.Sgd => "SGD", OptimizerKind.Lbfgs => "L-BFGS", _ => "AdamW" };
        string recipe = FormattableString.Invariant($"{optimizer} {options.LearningRate:G3}, {TrainingPlan.Number(options.Epochs!.Value, "epoch")}");
        string otherwise = resumed ? "as chosen when the run began" : "--arch NAME trains from scratch";
        return FormattableString.Invariant($"{photos:N0} photos: fine-tuning {architecture} from the {Name(Weights)} weights, {recipe}; {otherwise}");
    }

    /// <summary>Weights as a plan calls them.</summary>
    public static string Name(string weights) => weights == EmbeddedWeights.Name ? "embedded" : $"pulled {weights}";
}
