using System.Globalization;
using System.Text.Json;

namespace ResNeXt.MLNet;

/// <summary>
/// What a model file says of itself, kept in ONNX <c>metadata_props</c> under keys that begin with <c>resnext.</c>: whoever has
/// the file needs nothing else to score with it.
/// </summary>
public sealed record ResNeXtMetadata
{
    /// <summary>The version of these keys that this library writes and the newest it reads.</summary>
    internal const int FormatVersion = 1;

    /// <summary>Name of the graph's input: float, <c>[N, 3, ImageSize, ImageSize]</c>, RGB, 0..255.</summary>
    internal const string InputName = "image";

    /// <summary>Name of the output of the global average pool: float, <c>[N, FeatureWidth]</c>.</summary>
    internal const string FeaturesName = "features";

    /// <summary>Name of the output of the last layer: float, <c>[N, classes]</c>.</summary>
    internal const string LogitsName = "logits";

    /// <summary>Name of the softmax of the logits: float, <c>[N, classes]</c>.</summary>
    internal const string ProbabilitiesName = "probabilities";

    /// <summary>Name of the output that says how much each place speaks for each class, where the file has it: float, <c>[N, classes, H, W]</c>.</summary>
    internal const string ActivationMapsName = "cam";

    private const string Prefix = "resnext.";

    private const int MostLabels = 65_536;

    private const int LongestLabel = 1000;

    /// <summary>The names of <see cref="ModelPrecision"/> in files and on the command line, in its order.</summary>
    internal static readonly string[] PrecisionNames = ["fp32", "fp16", "int8"];

    /// <summary>Name of the output of a stage, where the file has one: <c>c2</c> for the first; float, <c>[N, C, H, W]</c>.</summary>
    internal static string StageName(int stage) => string.Create(CultureInfo.InvariantCulture, $"c{stage + 2}");

    /// <summary>Name of the architecture, <c>resnext50_32x4d</c> for one.</summary>
    public required string Architecture { get; init; }

    /// <summary>How an image becomes the network's input.</summary>
    public required ImagePreprocessing Preprocessing { get; init; }

    /// <summary>Class names, in the order of the logits; as many as there are classes. A featurizer has one without a name.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>Whether the network was trained without labels: its features are all that it has to say.</summary>
    public bool IsFeaturizer => Labels is [""];

    /// <summary>Values in a feature vector: 2048 for an ImageNet ResNeXt, 1024 for a CIFAR one.</summary>
    public required int FeatureWidth { get; init; }

    /// <summary>How the file stores its weights and computes with them.</summary>
    public ModelPrecision Precision { get; init; } = ModelPrecision.Float32;

    /// <summary>The program that wrote the file.</summary>
    public string Producer { get; init; } = "";

    /// <summary>The key-value pairs for <c>metadata_props</c>.</summary>
    internal IReadOnlyDictionary<string, string> ToProperties() => new Dictionary<string, string>
    {
        [Prefix + "format_version"] = FormatVersion.ToString(CultureInfo.InvariantCulture),
        [Prefix + "architecture"] = Architecture,
        [Prefix + "image_size"] = Preprocessing.ImageSize.ToString(CultureInfo.InvariantCulture),
        [Prefix + "resize_size"] = Preprocessing.ResizeSize.ToString(CultureInfo.InvariantCulture),
        [Prefix + "fit"] = Preprocessing.Fit == ImageFit.BothSides ? "both" : "shorter",
        [Prefix + "crop"] = "center",
        [Prefix + "interpolation"] = Preprocessing.Interpolation == ImageInterpolation.Bicubic ? "bicubic" : "bilinear",
        [Prefix + "orientation"] = Preprocessing.Orientation == ImageOrientation.Apply ? "apply" : "ignore",
        [Prefix + "mean"] = JsonSerializer.Serialize(Preprocessing.Mean),
        [Prefix + "std"] = JsonSerializer.Serialize(Preprocessing.StandardDeviation),
        [Prefix + "labels"] = JsonSerializer.Serialize(Labels),
        [Prefix + "feature_width"] = FeatureWidth.ToString(CultureInfo.InvariantCulture),
        [Prefix + "precision"] = PrecisionNames[(int)Precision],
        [Prefix + "producer"] = Producer,
    };

    /// <summary>The key that every model of ours has.</summary>
    internal static ReadOnlySpan<byte> VersionKey => "resnext.format_version"u8;

    /// <summary>What is said of a model of another program.</summary>
    internal static InvalidDataException Foreign(string name) => new(
        $"'{name}' is an ONNX model of another program: expected a file that `resnext export` or `resnext train` wrote. `export` makes one of the weights that it was made from (.pth, .safetensors); ML.NET's ApplyOnnxModel runs it as it is.");

    /// <summary>Whether a model is one of ours.</summary>
    internal static bool IsOurs(IReadOnlyDictionary<string, string> properties) => properties.ContainsKey(Prefix + "format_version");

    /// <param name="properties">A model's <c>metadata_props</c>.</param>
    /// <param name="name">What error messages call the model.</param>
    /// <exception cref="InvalidDataException">The model is not ours, is newer than this library, or its metadata is damaged.</exception>
    internal static ResNeXtMetadata FromProperties(IReadOnlyDictionary<string, string> properties, string name)
    {
        if (!IsOurs(properties))
        {
            throw Foreign(name);
        }

        int version = Number("format_version");
        if (version > FormatVersion)
        {
            throw new InvalidDataException(
                $"'{name}' has metadata version {version}, this library reads up to {FormatVersion}: update ResNeXt.MLNet.");
        }

        string crop = Text("crop");
        var preprocessing = new ImagePreprocessing
        {
            ImageSize = Number("image_size"),
            ResizeSize = Number("resize_size"),
            Fit = properties.GetValueOrDefault(Prefix + "fit", "shorter") switch // files older than the entry knew no other
            {
                "shorter" => ImageFit.ShorterSide,
                "both" => ImageFit.BothSides,
                string other => throw Damaged("fit", other, "shorter or both"),
            },
            Interpolation = Text("interpolation") switch
            {
                "bilinear" => ImageInterpolation.Bilinear,
                "bicubic" => ImageInterpolation.Bicubic,
                string other => throw Damaged("interpolation", other, "bilinear or bicubic"),
            },
            Orientation = properties.GetValueOrDefault(Prefix + "orientation", "ignore") switch // files older than the entry ignored it
            {
                "apply" => ImageOrientation.Apply,
                "ignore" => ImageOrientation.Ignore,
                string other => throw Damaged("orientation", other, "apply or ignore"),
            },
            Mean = Json<float[]>("mean"),
            StandardDeviation = Json<float[]>("std"),
        };
        string[] labels = Json<string[]>("labels");
        if (labels.Length > MostLabels || labels.FirstOrDefault(label => label?.Length > LongestLabel) is not null)
        {
            throw Damaged("labels", $"{labels.Length} names", FormattableString.Invariant($"at most {MostLabels} of at most {LongestLabel} characters"));
        }

        int featureWidth = Number("feature_width");
        string precision = properties.GetValueOrDefault(Prefix + "precision", PrecisionNames[0]); // files older than the entry are fp32
        return crop != "center" ? throw Damaged("crop", crop, "center")
            : labels.Length == 0 || labels.Contains(null) || labels.Distinct().Count() < labels.Length ? throw Damaged("labels", Text("labels"), "a different name for each class")
            : featureWidth < 1 ? throw Damaged("feature_width", Text("feature_width"), "at least 1")
            : !PrecisionNames.Contains(precision) ? throw Damaged("precision", precision, string.Join(", ", PrecisionNames))
            : new ResNeXtMetadata
            {
                Architecture = Text("architecture"),
                Preprocessing = ValidPreprocessing(),
                Labels = labels,
                FeatureWidth = featureWidth,
                Precision = (ModelPrecision)Array.IndexOf(PrecisionNames, precision),
                Producer = properties.GetValueOrDefault(Prefix + "producer", ""),
            };

        ImagePreprocessing ValidPreprocessing()
        {
            try
            {
                return preprocessing.Validated();
            }
            catch (ArgumentException exception)
            {
                throw new InvalidDataException($"'{name}' has damaged metadata: {exception.Message}", exception);
            }
        }

        string Text(string key) => properties.TryGetValue(Prefix + key, out string? value)
            ? value
            : throw new InvalidDataException($"'{name}' has damaged metadata: '{Prefix}{key}' is missing.");

        int Number(string key) => int.TryParse(Text(key), NumberStyles.Integer, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw Damaged(key, Text(key), "a whole number");

        T Json<T>(string key)
        {
            try
            {
                return JsonSerializer.Deserialize<T>(Text(key)) ?? throw Damaged(key, "null", "a JSON array");
            }
            catch (JsonException)
            {
                throw Damaged(key, Text(key), "a JSON array");
            }
        }

        InvalidDataException Damaged(string key, string value, string expected) =>
            new($"'{name}' has damaged metadata: '{Prefix}{key}' is '{(value.Length > 80 ? value[..80] + "..." : value)}', expected {expected}.");
    }
}
