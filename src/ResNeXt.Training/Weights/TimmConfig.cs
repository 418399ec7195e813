using System.Globalization;
using System.Text.Json;

namespace ResNeXt.Training;

/// <summary>What Hugging Face's <c>config.json</c> beside weights of timm says of their input and their classes.</summary>
internal sealed record TimmConfig(ImagePreprocessing Preprocessing, IReadOnlyList<string>? Labels)
{
    private const long MostBytes = 4 << 20;
    private const double UsualCrop = 0.875;

    private static readonly string[] Weights = ["model.safetensors", "model.safetensors.index.json", "pytorch_model.bin"];

    /// <summary>Reads it, if it is there.</summary>
    /// <param name="weights">The file of weights.</param>
    /// <param name="log">Told what it says.</param>
    /// <returns>Null where there is none, or it says nothing of an input.</returns>
    /// <exception cref="InvalidDataException">It is damaged, or says what cannot be.</exception>
    public static TimmConfig? Beside(string weights, Action<string>? log)
    {
        string path = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(weights))!, "config.json");
        if (!Weights.Contains(Path.GetFileName(weights)) || !File.Exists(path))
        {
            return null;
        }

        try
        {
            TimmConfig? config = new FileInfo(path).Length > MostBytes ? throw new InvalidDataException($"it has more than {MostBytes:N0} bytes") : Read(path);
            if (config?.Preprocessing is ImagePreprocessing input)
            {
                log?.Invoke(string.Create(
                    CultureInfo.InvariantCulture,
                    $"'{path}' says: {input.ImageSize} x {input.ImageSize} pixels of {input.ResizeSize}, {input.Interpolation}, mean {string.Join(",", input.Mean)}, deviation {string.Join(",", input.StandardDeviation)}."));
            }

            return config;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException or ArgumentException or InvalidDataException)
        {
            throw new InvalidDataException($"'{path}' cannot be read as the configuration of timm: {exception.Message.TrimEnd('.')}. Move it away to go without.", exception);
        }
    }

    private static TimmConfig? Read(string path)
    {
        using JsonDocument document = JsonDocument.Parse(RegularFile.ReadAllBytes(path));
        JsonElement root = document.RootElement, input = root.TryGetProperty("pretrained_cfg", out JsonElement inner) ? inner : root;
        if (!input.TryGetProperty("input_size", out JsonElement size) && !input.TryGetProperty("mean", out _))
        {
            return null; // of another library
        }

        int edge = size.ValueKind == JsonValueKind.Array ? size[size.GetArrayLength() - 1].GetInt32() : 224;
        double crop = input.TryGetProperty("crop_pct", out JsonElement part) && part.ValueKind == JsonValueKind.Number ? part.GetDouble() : UsualCrop;
        var usual = new ImagePreprocessing();
        ImagePreprocessing preprocessing = new ImagePreprocessing
        {
            ImageSize = edge,
            ResizeSize = crop > 0 ? (int)Math.Floor(edge / crop) : throw new InvalidDataException($"crop_pct is {crop.ToString(CultureInfo.InvariantCulture)}, expected more than 0"),
            Fit = Text("crop_mode") switch { null or "center" => ImageFit.ShorterSide, "squash" => ImageFit.BothSides, string mode => throw Unknown("crop_mode", mode) },
            Interpolation = Text("interpolation") switch { null or "bilinear" => ImageInterpolation.Bilinear, "bicubic" => ImageInterpolation.Bicubic, string filter => throw Unknown("interpolation", filter) },
            Mean = Numbers("mean") ?? usual.Mean,
            StandardDeviation = Numbers("std") ?? usual.StandardDeviation,
        }.Validated();
        return new TimmConfig(preprocessing, Labels());

        string? Text(string name) => input.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

        float[]? Numbers(string name) => input.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(number => number.GetSingle())] : null;

        string[]? Labels() => (root.TryGetProperty("label_names", out JsonElement names) || input.TryGetProperty("label_names", out names)) && names.ValueKind == JsonValueKind.Array
            ? [.. names.EnumerateArray().Select(name => ComposedText.Of(name.GetString() ?? ""))]
            : null;

        static InvalidDataException Unknown(string name, string value) => new($"its {name} is '{value}', which is not read");
    }
}
