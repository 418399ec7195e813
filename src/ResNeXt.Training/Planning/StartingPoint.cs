namespace ResNeXt.Training;

/// <summary>Weights that a run may start from.</summary>
/// <param name="Weights">Their name.</param>
/// <param name="Architecture">Their network.</param>
/// <param name="Preprocessing">The input that it was trained for.</param>
internal sealed record StartingPoint(string Weights, ResNeXtArchitecture Architecture, ImagePreprocessing Preprocessing)
{
    /// <summary>The network inside ResNeXt.MLNet.</summary>
    /// <exception cref="IOException">There is no folder that its weights can be put into.</exception>
    public static StartingPoint Embedded()
    {
        WeightsDescription weights = WeightsDescription.Of(EmbeddedWeights.Name);
        return new StartingPoint(EmbeddedWeights.Name, weights.Architecture, weights.Preprocessing);
    }

    public static StartingPoint Of(PublishedWeights weights) =>
        new(weights.Name, ResNeXtArchitecture.Parse(weights.Architecture), weights.Preprocessing);

    /// <summary>The options of a run that starts from it, resolved.</summary>
    /// <param name="options">Those that were given.</param>
    /// <param name="photos">Training images.</param>
    public TrainOptions Recipe(TrainOptions options, int photos) => (options with { Weights = Weights }).For(Architecture, Preprocessing, photos);
}
