using System.Security.Cryptography;
using System.Text.Json;
namespace ResNeXt.MLNet.Tests;

/// <summary>An image of <c>Goldens/images</c> and what torchvision makes of it; <c>make_goldens.py</c> wrote both.</summary>
internal sealed record Golden(string File, string StoredSha256, int Width, int Height, string Sha256, IReadOnlyList<GoldenTransform> Transforms)
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Imaging", "Goldens");
    private static readonly JsonSerializerOptions CamelCase = new(JsonSerializerDefaults.Web)
    {
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter() },
    };

    private static readonly Dictionary<string, Golden> ByFile = JsonSerializer
        .Deserialize<Golden[]>(System.IO.File.ReadAllText(Path.Combine(Folder, "goldens.json")), CamelCase)!
        .ToDictionary(golden => golden.File);

    /// <summary>By file the digest of the ten crops of 20 after <c>Resize(33)</c>; <c>make_views.py</c> wrote them.</summary>
    public static IReadOnlyDictionary<string, string> TenCrops { get; } =
        JsonSerializer.Deserialize<Dictionary<string, string>>(System.IO.File.ReadAllText(Path.Combine(Folder, "views.json")))!;

    /// <summary>The names of all files, for a theory.</summary>
    public static TheoryData<string> Files => [.. ByFile.Keys];

    public string FullPath => Path.Combine(Folder, "images", File);

    public static Golden Of(string file) => ByFile[file];

    public static string Digest(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}

/// <summary>The digest of <c>Resize</c> followed by <c>CenterCrop</c>.</summary>
internal sealed record GoldenTransform(int Resize, int Crop, ImageFit Fit, ImageInterpolation Interpolation, string Sha256);
