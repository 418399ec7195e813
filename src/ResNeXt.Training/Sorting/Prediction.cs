using System.Text.Json.Serialization;

namespace ResNeXt.Training;

/// <summary>What a model says of an image, or why it says nothing.</summary>
/// <param name="Path">The image.</param>
/// <param name="Labels">The most probable classes, best first; none after an error.</param>
/// <param name="Error">Why it could not be read; null when it could.</param>
internal sealed record Prediction(string Path, IReadOnlyList<LabelProbability> Labels, string? Error)
{
    /// <summary>Its true class; null where nobody says.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Truth { get; init; }
}
