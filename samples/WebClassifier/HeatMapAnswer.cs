using System.ComponentModel;
using ResNeXt.MLNet;

namespace WebClassifier;

/// <summary>Where in the image the network sees a label.</summary>
internal sealed record HeatMapAnswer(
    string Label,
    [property: Description("Rows of the map, and columns.")] int Edge,
    [property: Description("The square that the network saw, as shares of the upright image's width and height.")] double Left,
    double Top,
    double Width,
    double Height,
    [property: Description("How much each place speaks for the label, row by row: 0 to 1.")] ReadOnlyMemory<float> Values)
{
    public static HeatMapAnswer Of(HeatMap map) => new(map.Label, map.Edge, map.Left, map.Top, map.Width, map.Height, map.Values);
}
