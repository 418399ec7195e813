namespace ResNeXt.Training;

/// <summary>A labelled image with what the network said of it.</summary>
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

    /// <param name="predictions">What was said of all images.</param>
    /// <param name="image">Which of them it is.</param>
    /// <param name="labels">Names of the classes.</param>
    /// <param name="path">Its file.</param>
    /// <param name="pixels">What the network saw, <c>[size, size, 3]</c>; changed where there is a map.</param>
    /// <param name="size">Edge of that.</param>
    /// <param name="heat">What spoke for the predicted class, a square of values from 0 to 1; empty for no overlay.</param>
    public static ScoredReportImage Of(Predictions predictions, int image, IReadOnlyList<string> labels, string path, Span<byte> pixels, int size, ReadOnlySpan<float> heat)
    {
        int label = predictions.Label(image), predicted = predictions.Predicted(image);
        string address = Thumbnail.Of(pixels, size);
        if (heat.Length > 0)
        {
            HeatOverlay.Apply(pixels, HeatOverlay.Enlarged(heat, (int)Math.Sqrt(heat.Length), size));
        }

        return new ScoredReportImage(
            address, path, labels[label], predictions.Probability(image, label), labels[predicted], predictions.Probability(image, predicted), heat.Length > 0 ? Thumbnail.Of(pixels, size) : null);
    }
}
