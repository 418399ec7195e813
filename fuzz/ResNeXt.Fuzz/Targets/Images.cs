using ResNeXt.MLNet;

namespace ResNeXt.Fuzz.Targets;

/// <summary>Encoded images: pixels of the size that the header says, or a reason.</summary>
internal sealed class Images : IFuzzTarget
{
    private static readonly ImageDecoding Bounded = new() { Limits = new ImageLimits { MaxPixels = 20_000_000 } };

    public IReadOnlyList<byte[]> Seeds { get; } = [.. FuzzTargets.Files(Path.Combine(FuzzTargets.Tests, "ResNeXt.MLNet.Tests", "Imaging", "Goldens", "images"))];

    public bool Accepts(byte[] file)
    {
        ImageHeader header = ImageDecoder.ReadHeader(file, "fuzzed", Bounded);
        using RgbImage image = ImageDecoder.Decode(file, "fuzzed", Bounded);
        return (long)image.Width * image.Height == (long)header.Width * header.Height && image.Rgba.Length == image.Width * image.Height * RgbImage.PixelBytes
            ? true
            : throw new FuzzFault($"{image.Width} x {image.Height} pixels, the header says {header.Width} x {header.Height}.");
    }

    /// <summary>Bytes, or absurd dimensions where the header has them.</summary>
    public byte[] Mutate(Random random)
    {
        byte[] file = Mutation.Of(Seeds, random);
        if (random.Next(4) == 0 && Sizes(file, random) is int at && at + 4 <= file.Length)
        {
            byte[] absurd = random.Next(4) switch { 0 => [0xFF, 0xFF], 1 => [0x7F, 0xFF], 2 => [0, 0], _ => [0x10, 0] };
            absurd.CopyTo(file, at);
        }

        return file;
    }

    public void Dispose()
    {
    }

    /// <summary>Where the width stands, or the height.</summary>
    private static int? Sizes(byte[] file, Random random) => ImageFormat.Readable(file) switch
    {
        "JPEG" => Math.Max(file.AsSpan().IndexOf<byte>([0xFF, 0xC0]), file.AsSpan().IndexOf<byte>([0xFF, 0xC2])) is > 0 and int frame ? frame + 5 + (2 * random.Next(2)) : null,
        "PNG" => 16 + (4 * random.Next(2)),
        "GIF" => 6 + (2 * random.Next(2)),
        "BMP" => 18 + (4 * random.Next(2)),
        "WebP" => 24 + random.Next(8),
        _ => null,
    };
}
