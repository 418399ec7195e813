using SkiaSharp;

namespace ResNeXt.MLNet;

/// <summary>Encoded bytes to pixels. What cannot be decoded whole is refused with the reason.</summary>
internal static class ImageDecoder
{
    /// <summary>The largest image that is decoded, in pixels. Pillow's bound against decompression bombs.</summary>
    public const long MaxPixels = 178_956_970;

    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is not an image, is damaged or too large.</exception>
    public static RgbImage DecodeFile(string path) => Decode(File.ReadAllBytes(path), path);

    /// <param name="encoded">A whole image file: JPEG, PNG, GIF (first frame), BMP or WebP.</param>
    /// <param name="name">What error messages call it.</param>
    /// <exception cref="InvalidDataException">The bytes are not an image, are damaged or too large.</exception>
    public static RgbImage Decode(ReadOnlySpan<byte> encoded, string name)
    {
        if (encoded.IsEmpty)
        {
            throw new InvalidDataException($"'{name}' is empty: expected a JPEG, PNG, GIF, BMP or WebP image.");
        }

        using SKData data = SKData.CreateCopy(encoded);
        using SKCodec codec = SKCodec.Create(data)
            ?? throw new InvalidDataException($"'{name}' is not an image: expected JPEG, PNG, GIF, BMP or WebP.");
        SKSizeI size = codec.Info.Size;
        if ((long)size.Width * size.Height > MaxPixels)
        {
            throw new InvalidDataException($"'{name}' has {size.Width} x {size.Height} pixels: expected at most {MaxPixels} in all.");
        }

        // No colour space on the target: the stored values are kept as they are, as Pillow does.
        var info = new SKImageInfo(size.Width, size.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        using var bitmap = new SKBitmap(info);
        SKCodecResult result = codec.GetPixels(info, bitmap.GetPixels());
        return result == SKCodecResult.Success
            ? new RgbImage(size.Width, size.Height, DropAlpha(Pixels(bitmap)))
            : throw new InvalidDataException(
                result == SKCodecResult.IncompleteInput
                    ? $"'{name}' is truncated: the image ends before its last row."
                    : $"'{name}' cannot be decoded: {result}.");
    }

    /// <summary>By its address: the span that <see cref="SKBitmap"/> offers has another return type in SkiaSharp 2 and 3.</summary>
    private static unsafe ReadOnlySpan<byte> Pixels(SKBitmap bitmap) => new((void*)bitmap.GetPixels(), bitmap.ByteCount);

    private static byte[] DropAlpha(ReadOnlySpan<byte> rgba)
    {
        byte[] rgb = new byte[rgba.Length / 4 * 3];
        for (int source = 0, target = 0; source < rgba.Length; source += 4, target += 3)
        {
            rgb[target] = rgba[source];
            rgb[target + 1] = rgba[source + 1];
            rgb[target + 2] = rgba[source + 2];
        }

        return rgb;
    }
}
