namespace ResNeXt.Training;

/// <summary>
/// What a run starts from where it is told nothing. A checkpoint keeps it, so a resumed run chooses nothing anew; the recipe that suits it is among the
/// settings that every run records.
/// </summary>
internal sealed record ChosenStart
{
    /// <summary>The name of pulled weights, or <see cref="EmbeddedWeights.Name"/>.</summary>
    public required string Weights { get; init; }

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
