using System.Text.Json;
using System.Text.Json.Serialization;

namespace ResNeXt.Training;

/// <summary>What a checkpoint says of itself: which network, which classes, how images are prepared, and how far the training is.</summary>
internal sealed record CheckpointInfo
{
    /// <summary>The key of the safetensors metadata that holds it, as JSON.</summary>
    private const string Key = "resnext";

    private static readonly JsonSerializerOptions Json = new() { RespectNullableAnnotations = true };

    public required string Architecture { get; init; }

    public required IReadOnlyList<string> Labels { get; init; }

    public required ImagePreprocessing Preprocessing { get; init; }

    /// <summary>Epochs done.</summary>
    public required int Epoch { get; init; }

    /// <summary>The best of them, from 1.</summary>
    public required int BestEpoch { get; init; }

    /// <summary>Validation accuracy of the best epoch; below 0 while there is none.</summary>
    public required double BestTop1 { get; init; }

    /// <summary>Mean squared error of the best epoch's features against the teacher's, where that chooses it: there are no labels.</summary>
    public double? BestError { get; init; }

    /// <summary>What each of them came to; files of version 0.1 without it have none.</summary>
    public IReadOnlyList<EpochMetrics> History { get; init; } = [];

    /// <summary>The options of the run and the size of its data, by name: a resume must have the same.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>What the run chose to start from; null where it was told.</summary>
    public ChosenStart? Chosen { get; init; }

    /// <summary>How good the best epoch is, for messages.</summary>
    public string BestText => BestError is double error ? FormattableString.Invariant($"feature error {error:F4}") : FormattableString.Invariant($"validation top-1 {BestTop1:P2}");

    /// <summary>This run's description, as far as the saved run had come.</summary>
    /// <exception cref="InvalidDataException">The saved run has other classes or settings; the message names them.</exception>
    public CheckpointInfo Resumed(CheckpointInfo saved, string path)
    {
        if (!saved.Labels.SequenceEqual(Labels))
        {
            throw new InvalidDataException($"'{path}' was trained on classes {string.Join(", ", saved.Labels)}; the data has {string.Join(", ", Labels)}.");
        }

        foreach ((string name, string value) in Settings)
        {
            string before = saved.Settings.GetValueOrDefault(name, RunSettings.Off);
            if (before != value)
            {
                throw new InvalidDataException($"'{path}' was trained with {name} {before}, now it is {value}: resume with the options and the data of that run{(name == RunSettings.Epochs ? ", or start a run of its own from its weights (--weights with its best.safetensors)" : "")}.");
            }
        }

        return saved;
    }

    public IReadOnlyDictionary<string, string> ToMetadata() => new Dictionary<string, string> { ["format"] = "pt", [Key] = JsonSerializer.Serialize(this, Json) };

    /// <summary>What rank 0 says.</summary>
    public CheckpointInfo Shared(RankGroup ranks) =>
        FromMetadata(new Dictionary<string, string> { [Key] = ranks.Broadcast(JsonSerializer.Serialize(this, Json)) }, "rank 0")!;

    /// <returns>Null when the file holds bare weights of another origin.</returns>
    /// <exception cref="InvalidDataException">The description is there and damaged.</exception>
    public static CheckpointInfo? FromMetadata(IReadOnlyDictionary<string, string> metadata, string path)
    {
        if (!metadata.TryGetValue(Key, out string? json))
        {
            return null;
        }

        try
        {
            CheckpointInfo info = JsonSerializer.Deserialize<CheckpointInfo>(json, Json) ?? throw new JsonException("it is null");
            info.Preprocessing.Validated();
            ResNeXtArchitecture.Parse(info.Architecture);
            if (info.Labels.Contains(null) || info.History.Contains(null))
            {
                throw new JsonException("a label or an epoch is null");
            }

            string[] composed = [.. info.Labels.Select(label => ComposedText.Of(label))]; // as folders are read now
            return composed.Distinct().Count() == info.Labels.Count ? info with { Labels = composed } : info;
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            throw new InvalidDataException($"'{path}' has a damaged description of its training: {exception.Message}", exception);
        }
    }
}
