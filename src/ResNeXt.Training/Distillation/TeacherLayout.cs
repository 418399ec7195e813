using System.Globalization;

namespace ResNeXt.Training;

/// <summary>What a teacher says of a photo, one value after another: features at each place, <c>[Height, Width, Channels]</c>, then logits.</summary>
/// <param name="Channels">Features at a place; 0 for none.</param>
/// <param name="Height">Places down; 1 for a vector of the whole photo.</param>
/// <param name="Width">Places across.</param>
/// <param name="Classes">Logits; 0 for none.</param>
internal sealed record TeacherLayout(int Channels, int Height, int Width, int Classes)
{
    /// <summary>Whether features are of places, not of the whole photo.</summary>
    public bool IsMap => Height * Width > 1;

    /// <summary>Values of the features.</summary>
    public int FeatureCount => Height * Width * Channels;

    /// <summary>Values of a photo.</summary>
    public int Count => FeatureCount + Classes;

    public override string ToString()
    {
        string features = Channels == 0 ? "" : IsMap ? string.Create(CultureInfo.InvariantCulture, $" x {Channels} x {Height} x {Width}") : string.Create(CultureInfo.InvariantCulture, $" x {Channels}");
        return Classes == 0 ? features : string.Create(CultureInfo.InvariantCulture, $"{features}{(Channels == 0 ? " x" : " +")} {Classes} logits");
    }
}
