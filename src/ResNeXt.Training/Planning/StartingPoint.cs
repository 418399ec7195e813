namespace ResNeXt.Training;

/// <summary>Weights that a run may start from.</summary>
/// <param name="Weights">Their name.</param>
/// <param name="Architecture">Their network.</param>
/// <param name="ImageSize">Edge of the square that it was trained for.</param>
internal sealed record StartingPoint(string Weights, ResNeXtArchitecture Architecture, int ImageSize)
{
    /// <summary>The network inside ResNeXt.MLNet.</summary>
    /// <exception cref="IOException">There is no folder that its weights can be put into.</exception>
    public static StartingPoint Embedded()
    {
        WeightsDescription weights = WeightsDescription.Of(EmbeddedWeights.Name);
        return new StartingPoint(EmbeddedWeights.Name, weights.Architecture, weights.Preprocessing.ImageSize);
    }

    public static StartingPoint Of(PublishedWeights weights) =>
        new(weights.Name, ResNeXtArchitecture.Parse(weights.Architecture), weights.Preprocessing.ImageSize);
}
