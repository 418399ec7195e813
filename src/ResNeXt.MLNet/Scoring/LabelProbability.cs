namespace ResNeXt.MLNet;

/// <summary>A class and how probable it is.</summary>
/// <param name="Label">Name of the class.</param>
/// <param name="Probability">0 to 1.</param>
public sealed record LabelProbability(string Label, float Probability)
{
    /// <summary>The most probable classes, best first; of equals the earlier one.</summary>
    internal static IReadOnlyList<LabelProbability> Top(IReadOnlyList<string> labels, ReadOnlySpan<float> probabilities, int count)
    {
        float[] values = probabilities.ToArray();
        return [.. Enumerable.Range(0, values.Length).OrderByDescending(i => values[i]).Take(count).Select(i => new LabelProbability(labels[i], values[i]))];
    }
}
