namespace WebClassifier;

/// <summary>What the model can answer.</summary>
/// <param name="Model">Name of the model's file.</param>
/// <param name="Labels">Its labels, in its order.</param>
internal sealed record LabelsAnswer(string Model, IReadOnlyList<string> Labels);
