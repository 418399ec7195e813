using System.ComponentModel;
using ResNeXt.MLNet;

namespace WebClassifier;

/// <summary>What the server says of one image: <see cref="Error"/>, or what was asked for.</summary>
internal sealed record ImageAnswer
{
    [Description("The file's name, shortened; 'image' where it had none.")]
    public required string Name { get; init; }

    [Description("The most probable labels, best first.")]
    public IReadOnlyList<LabelProbability>? Predictions { get; init; }

    public HeatMapAnswer? HeatMap { get; init; }

    [Description("The feature vector, the network's output before its last layer.")]
    public ReadOnlyMemory<float>? Features { get; init; }

    [Description("Why this image has no answer; only among several images.")]
    public string? Error { get; init; }
}
