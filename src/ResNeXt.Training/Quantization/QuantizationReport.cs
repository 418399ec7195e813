using System.Text.Json;
using System.Text.Json.Serialization;

namespace ResNeXt.Training;

/// <summary>What a quantisation did, and how near it came to the float model on images that had no part in it.</summary>
public sealed record QuantizationReport
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, // a layer without any error has infinite signal to noise
    };

    /// <summary>The method that was taken, never <see cref="CalibrationMethod.Auto"/>.</summary>
    public required CalibrationMethod Method { get; init; }

    /// <summary>Bits of a weight.</summary>
    public required int WeightBits { get; init; }

    /// <summary>Images that set the ranges.</summary>
    public required int CalibrationImages { get; init; }

    /// <summary>Images that could not be read.</summary>
    public required int Skipped { get; init; }

    /// <summary>The quantised model beside the float model, on the images held back.</summary>
    public required OutputComparison Overall { get; init; }

    /// <summary>The same for each method that was tried.</summary>
    public required IReadOnlyDictionary<CalibrationMethod, OutputComparison> Methods { get; init; }

    /// <summary>Every tensor in 8 bits, in the order of the graph.</summary>
    public required IReadOnlyList<LayerPrecision> Layers { get; init; }

    /// <summary>Where the report of a model is written: next to it.</summary>
    public static string PathOf(string modelFile) => Path.ChangeExtension(modelFile, ".quantization.json");

    internal void Save(string modelFile) => AtomicFile.Write(PathOf(modelFile), stream => JsonSerializer.Serialize(stream, this, Json));
}
