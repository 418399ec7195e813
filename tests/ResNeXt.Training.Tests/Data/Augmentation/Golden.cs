using System.Security.Cryptography;
using System.Text.Json;
using ResNeXt.MLNet;

namespace ResNeXt.Training.Tests;

/// <summary>Two small pictures and what torchvision makes of them; <c>make_goldens.py</c> wrote both.</summary>
internal static class Golden
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Data", "Augmentation", "Goldens");
    private static readonly JsonSerializerOptions CamelCase = new(JsonSerializerDefaults.Web);
    private static readonly Dictionary<string, string> Digests = Read<Dictionary<string, string>>("digests.json");
    private static readonly GoldenRegion[] AllRegions = Read<GoldenRegion[]>("regions.json");

    /// <summary>61 x 47 pixels.</summary>
    public static GoldenPicture Wide => GoldenPicture.Read(Path.Combine(Folder, "wide.png"));

    /// <summary>40 x 40 pixels.</summary>
    public static GoldenPicture Square => GoldenPicture.Read(Path.Combine(Folder, "square.png"));

    /// <summary>The colour of borders and erased rectangles.</summary>
    public static ReadOnlySpan<byte> Color => [124, 116, 104];

    public static IEnumerable<GoldenRegion> Regions(string kind)
    {
        GoldenRegion[] regions = [.. AllRegions.Where(region => region.Kind == kind)];
        Assert.NotEmpty(regions);
        return regions;
    }

    public static void AssertEqual(FormattableString name, ReadOnlySpan<byte> pixels) =>
        Assert.Equal(Digests[FormattableString.Invariant(name)], Convert.ToHexStringLower(SHA256.HashData(pixels)));

    private static T Read<T>(string file) => JsonSerializer.Deserialize<T>(File.ReadAllText(Path.Combine(Folder, file)), CamelCase)!;
}

/// <summary>A picture as the operations take it: <c>[Height, Width, 3]</c> bytes.</summary>
internal sealed record GoldenPicture(int Width, int Height, byte[] Pixels)
{
    public static GoldenPicture Read(string path)
    {
        using RgbImage image = ImageDecoder.DecodeFile(path);
        return new GoldenPicture(image.Width, image.Height, image.ToRgb());
    }

    public RgbImage ToImage() => new(Width, Height, Pixels);
}

/// <summary>The numbers that were drawn, and the rectangle that came of them; null when none fitted.</summary>
internal sealed record GoldenRegion(string Kind, int Width, int Height, double[] Uniforms, int[] Integers, int[]? Region)
{
    /// <summary>A source of chance that gives these numbers.</summary>
    public Random Random => new Script(new Queue<double>(Uniforms), new Queue<int>(Integers));

    public PixelRectangle? Rectangle => Region is [int x, int y, int width, int height] ? new PixelRectangle(x, y, width, height) : null;

    private sealed class Script(Queue<double> uniforms, Queue<int> integers) : Random
    {
        public override double NextDouble() => uniforms.Dequeue();

        public override int Next(int maxValue) => integers.Dequeue();
    }
}
