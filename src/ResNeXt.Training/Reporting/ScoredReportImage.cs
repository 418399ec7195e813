namespace ResNeXt.Training;

/// <summary>A validation image with what the network said of it.</summary>
/// <param name="Address">The picture, as <see cref="Thumbnail"/> makes it.</param>
/// <param name="Path">Its file.</param>
/// <param name="Label">Its true class.</param>
/// <param name="LabelProbability">Probability that the network gave that, 0 to 1.</param>
/// <param name="Predicted">The most probable class.</param>
/// <param name="Probability">Probability of that.</param>
/// <param name="Overlay">The picture with what spoke for <paramref name="Predicted"/>; null without.</param>
internal sealed record ScoredReportImage(
    string Address, string Path, string Label, double LabelProbability, string Predicted, double Probability, string? Overlay = null) : ReportImage(Address, Label)
{
    public bool IsRight => Label == Predicted;
}
