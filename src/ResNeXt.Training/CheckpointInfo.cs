using System.Text.Json;

namespace ResNeXt.Training;

/// <summary>What a checkpoint says of itself: which network, which classes, how images are prepared, and how far the training is.</summary>
internal sealed record CheckpointInfo
{
    /// <summary>The key of the safetensors metadata that holds it, as JSON.</summary>
    private const string Key = "resnext";

    public required string Architecture { get; init; }

    public required IReadOnlyList<string> Labels { get; init; }

    public required ImagePreprocessing Preprocessing { get; init; }

    /// <summary>Epochs done.</summary>
    public required int Epoch { get; init; }

    /// <summary>The best of them, from 1.</summary>
    public required int BestEpoch { get; init; }

    /// <summary>Validation accuracy of the best epoch; below 0 while there is none.</summary>
    public required double BestTop1 { get; init; }

    public IReadOnlyDictionary<string, string> ToMetadata() => new Dictionary<string, string> { ["format"] = "pt", [Key] = JsonSerializer.Serialize(this) };

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
            CheckpointInfo info = JsonSerializer.Deserialize<CheckpointInfo>(json) ?? throw new JsonException("it is null");
            info.Preprocessing.Validated();
            return info;
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            throw new InvalidDataException($"'{path}' has a damaged description of its training: {exception.Message}", exception);
        }
    }
}
