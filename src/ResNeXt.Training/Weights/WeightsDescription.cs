namespace ResNeXt.Training;

/// <summary>Which network a file of weights is for.</summary>
/// <param name="Path">The file.</param>
/// <param name="Architecture">The one that was asked for, that the file names, or that its shapes tell; they do not contradict each other.</param>
/// <param name="Classes">Classes of its last layer; null when it has none.</param>
/// <param name="Info">What a checkpoint of ours says of itself; null for weights of another origin.</param>
/// <param name="Published">What is known of weights that torchvision, timm or another published; null for others.</param>
internal sealed record WeightsDescription(string Path, ResNeXtArchitecture Architecture, int? Classes, CheckpointInfo? Info, PublishedWeights? Published)
{
    /// <param name="weights">A file, or the name of published weights that are in the cache.</param>
    /// <param name="asked">The name of the architecture that it must be of; null takes the file's.</param>
    /// <param name="log">Told how the names in the file were read.</param>
    /// <param name="ignore">Patterns of names that are not read.</param>
    /// <param name="larger">Whether the file may be of a smaller network than was asked for, which the latter extends.</param>
    /// <exception cref="FileNotFoundException">There is no such file, and no such published weights in the cache.</exception>
    /// <exception cref="InvalidDataException">The file is damaged, holds no ResNeXt, or another one than was asked for.</exception>
    public static WeightsDescription Of(string weights, string? asked = null, Action<string>? log = null, bool larger = false, IReadOnlyList<string>? ignore = null)
    {
        (string path, PublishedWeights? published) = Directory.Exists(weights) ? (weights, null) : WeightsCache.Open().Locate(weights);
        using NetworkWeights file = NetworkWeights.Open(path, log, ignore);
        int? classes = file.Shape("fc.weight") is [long rows and > 0 and <= int.MaxValue, > 0] ? (int)rows : null;
        if (published is not null)
        {
            log?.Invoke($"'{path}' is '{published.Name}', {published.License}{(published.NonCommercial ? ": for non-commercial use only" : "")}.");
        }

        (ResNeXtArchitecture architecture, ResNeXtArchitecture? smaller) = ArchitectureOf(file, asked, larger);
        long needed = asked is null ? ArchitectureSummary.Of(architecture, 1, classes ?? 1).Parameters : (long)(classes ?? 0) * architecture.FeatureWidth;
        if (needed > new FileInfo(path).Length)
        {
            throw new InvalidDataException($"'{path}' says that it holds '{architecture.Name}'{(classes is null ? "" : FormattableString.Invariant($" of {classes} classes"))} and is too small for that: expected the whole network."); // before memory is taken for it
        }

        return new WeightsDescription(path, architecture, classes, file.Info, published)
        {
            Smaller = smaller,
            Config = file.Info is null && published is null ? TimmConfig.Beside(path, log) : null,
            HeadTensors = [.. file.Names.Where(Checkpoint.IsHead).Order(StringComparer.Ordinal)],
        };
    }

    /// <summary>The smaller network that the weights are of; null where they are the architecture's own.</summary>
    public ResNeXtArchitecture? Smaller { get; private init; }

    /// <summary>What its last layer is made of, which is dropped where another one takes its place.</summary>
    public IReadOnlyList<string> HeadTensors { get; private init; } = [];

    /// <summary>What lies beside the file of its input and its classes; null for nothing.</summary>
    public TimmConfig? Config { get; private init; }

    /// <summary>Names of its classes; null when nothing tells them.</summary>
    public IReadOnlyList<string>? Labels => Info?.Labels
        ?? (Published is not null && Classes == ImageNetClasses.Names.Count ? ImageNetClasses.Names : null)
        ?? (Config?.Labels is { } labels && labels.Count == Classes && labels.Distinct().Count() == Classes ? labels : null);

    /// <summary>The preprocessing that it was trained for, else the architecture's usual one.</summary>
    public ImagePreprocessing Preprocessing => Info?.Preprocessing ?? Published?.Preprocessing ?? Config?.Preprocessing ?? OnnxExporter.DefaultPreprocessing(Architecture);

    /// <summary>Why its last layer does not do, for messages.</summary>
    public string Head => Classes is null ? "holds no last layer (fc)"
        : Labels is null ? $"has one for {Classes} classes without names"
        : $"has one for {Classes} other classes";

    private static (ResNeXtArchitecture Architecture, ResNeXtArchitecture? Smaller) ArchitectureOf(NetworkWeights weights, string? asked, bool larger)
    {
        if (asked is null)
        {
            return (weights.Info is null ? ArchitectureInference.Of(weights) : ResNeXtArchitecture.Parse(weights.Info.Architecture), null);
        }

        var wanted = ResNeXtArchitecture.Parse(asked);
        ResNeXtArchitecture? held = weights.Info is null ? TryInfer(weights) : ResNeXtArchitecture.Parse(weights.Info.Architecture);
        return held is null || IsSame(wanted, held) ? (wanted, null)
            : larger && wanted.Extends(held) ? (wanted, held)
            : throw new InvalidDataException($"Architecture '{asked}' is asked for, but '{weights.Path}' holds '{held.Name}'.");
    }

    /// <returns>Null where the shapes tell nothing: the strict comparison of every name will say more.</returns>
    private static ResNeXtArchitecture? TryInfer(NetworkWeights weights)
    {
        try
        {
            return ArchitectureInference.Of(weights);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>One network may have two names: resnet50 is resnext50_1x64d.</summary>
    private static bool IsSame(ResNeXtArchitecture a, ResNeXtArchitecture b) =>
        (a.Stem, a.Cardinality, a.BaseWidth) == (b.Stem, b.Cardinality, b.BaseWidth) && a.Blocks.SequenceEqual(b.Blocks);
}
