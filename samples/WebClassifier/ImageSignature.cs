namespace WebClassifier;

/// <summary>
/// The bytes that an image file begins with. The decoder would refuse other files, too, but it knows rare formats of which some have next to
/// no signature: strangers' bytes reach only the decoders that are meant.
/// </summary>
internal static class ImageSignature
{
    /// <returns>The format's name, or null.</returns>
    public static string? Find(ReadOnlySpan<byte> content) =>
        content.StartsWith<byte>([0xFF, 0xD8, 0xFF]) ? "JPEG"
        : content.StartsWith<byte>([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]) ? "PNG"
        : content.StartsWith("GIF87a"u8) || content.StartsWith("GIF89a"u8) ? "GIF"
        : content.StartsWith("BM"u8) ? "BMP"
        : content.Length >= 12 && content.StartsWith("RIFF"u8) && content[8..].StartsWith("WEBP"u8) ? "WebP"
        : null;
}
