namespace ResNeXt.MLNet;

/// <summary>
/// What kind of image a file is, by the bytes that it begins with, whatever its name says. Only these formats reach a decoder: the library below knows rare
/// ones, too, some with next to no signature.
/// </summary>
internal static class ImageFormat
{
    /// <summary>As messages list the formats that are read.</summary>
    public const string All = "JPEG, PNG, GIF, BMP or WebP";

    /// <summary>Bytes that are enough to tell.</summary>
    public const int SignatureLength = 12;

    /// <returns>Its name; null for a file that cannot be read.</returns>
    public static string? Readable(ReadOnlySpan<byte> start) =>
        start.StartsWith<byte>([0xFF, 0xD8, 0xFF]) ? "JPEG"
        : start.StartsWith<byte>([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]) ? "PNG"
        : start.StartsWith("GIF87a"u8) || start.StartsWith("GIF89a"u8) ? "GIF"
        : start.StartsWith("BM"u8) ? "BMP"
        : start.StartsWith("RIFF"u8) && From(start, 8).StartsWith("WEBP"u8) ? "WebP"
        : null;

    /// <returns>The name of a format of images that people have and that is not read; null for anything else.</returns>
    public static string? Foreign(ReadOnlySpan<byte> start) =>
        start.StartsWith("II*\0"u8) || start.StartsWith("MM\0*"u8) ? "TIFF"
        : start.StartsWith<byte>([0, 0, 0, 12, (byte)'J', (byte)'X', (byte)'L', (byte)' ']) || start.StartsWith<byte>([0xFF, 0x0A]) ? "JPEG XL"
        : start.StartsWith<byte>([0, 0, 0, 12, (byte)'j', (byte)'P', (byte)' ', (byte)' ']) || start.StartsWith<byte>([0xFF, 0x4F, 0xFF, 0x51]) ? "JPEG 2000"
        : start.StartsWith("8BPS"u8) ? "Photoshop"
        : From(start, 4).StartsWith("ftyp"u8) ? OfBrand(From(start, 8))
        : null;

    /// <summary>The file that an iPhone writes is one of a family that films belong to, too.</summary>
    private static string? OfBrand(ReadOnlySpan<byte> brand) =>
        brand.StartsWith("avif"u8) || brand.StartsWith("avis"u8) ? "AVIF"
        : brand.StartsWith("hei"u8) || brand.StartsWith("hev"u8) || brand.StartsWith("mif1"u8) || brand.StartsWith("msf1"u8) ? "HEIC"
        : null;

    private static ReadOnlySpan<byte> From(ReadOnlySpan<byte> start, int offset) => start.Length <= offset ? [] : start[offset..];
}
