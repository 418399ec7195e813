namespace WebClassifier;

/// <summary>What a server that is ready says of itself.</summary>
/// <param name="Status"><c>ready</c>, or <c>degraded</c> where the model file was changed to one that is not loaded: the model before answers, and the log says why.</param>
/// <param name="Model">Name of the model's file.</param>
/// <param name="Architecture">Name of the network's architecture.</param>
/// <param name="Labels">How many labels it knows.</param>
/// <param name="FeatureWidth">Values in a feature vector.</param>
/// <param name="HeatMaps">Whether it has heat maps.</param>
/// <param name="Loaded">Since when it answers.</param>
/// <param name="MaxFileBytes">How large an image file may be.</param>
/// <param name="Threshold">Below this probability of the best label the page is not sure.</param>
/// <param name="Examples">Addresses of pictures to try.</param>
internal sealed record ReadyAnswer(
    string Status,
    string Model,
    string Architecture,
    int Labels,
    int FeatureWidth,
    bool HeatMaps,
    DateTimeOffset Loaded,
    int MaxFileBytes,
    double Threshold,
    IReadOnlyList<string> Examples);
