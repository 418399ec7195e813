namespace ResNeXt.Training;

/// <summary>What parts hold.</summary>
internal static class PartKind
{
    public const string Features = "features";
    public const string Evaluation = "evaluation";

    /// <summary>Columns of <see cref="Evaluation"/>: <see cref="ImageLoss"/>.</summary>
    public static readonly string[] EvaluationColumns = ["rank", "loss"];
}
