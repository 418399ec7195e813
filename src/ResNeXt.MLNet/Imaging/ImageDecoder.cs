using System.Buffers;
using Microsoft.Win32.SafeHandles;
using SkiaSharp;

namespace ResNeXt.MLNet;

/// <summary>Encoded bytes to pixels; of an animation the first frame. What cannot be decoded whole is refused with the reason.</summary>
internal static class ImageDecoder
{
    /// <summary>The largest image that is decoded, in pixels. Pillow's bound against decompression bombs.</summary>
    public const long MaxPixels = 178_956_970;

    /// <summary>The largest file that is read: 256 MiB, several times what a camera of <see cref="MaxPixels"/> writes.</summary>
    public const int MaxEncodedBytes = 1 << 28;

    /// <param name="path">An image file.</param>
    /// <param name="orientation">Whether a photo that lies on its side is turned upright.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is not an image, is damaged or too large.</exception>
    public static RgbImage DecodeFile(string path, ImageOrientation orientation = ImageOrientation.Apply)
    {
        using SafeFileHandle file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        int length = RequireLength(RandomAccess.GetLength(file), path);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            int count = 0;
            for (int read = -1; count < length && read != 0; count += read)
            {
                read = RandomAccess.Read(file, buffer.AsSpan(count, length - count), count);
            }

            return Decode(buffer.AsSpan(0, count), path, orientation);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <param name="encoded">A whole image file: JPEG, PNG, GIF, BMP or WebP.</param>
    /// <param name="name">What error messages call it.</param>
    /// <param name="orientation">Whether a photo that lies on its side is turned upright.</param>
    /// <exception cref="InvalidDataException">The bytes are not an image, are damaged or too large.</exception>
    public static unsafe RgbImage Decode(ReadOnlySpan<byte> encoded, string name, ImageOrientation orientation = ImageOrientation.Apply)
    {
        RequireLength(encoded.Length, name);
        fixed (byte* address = encoded)
        {
            using SKData data = SKData.Create((IntPtr)address, encoded.Length); // not a copy
            using SKCodec codec = SKCodec.Create(data)
                ?? throw new InvalidDataException($"'{name}' is not an image: expected JPEG, PNG, GIF, BMP or WebP.");
            RgbImage image = Decode(codec, name);
            return orientation == ImageOrientation.Apply ? UprightImage.Of(image, (int)codec.EncodedOrigin) : image;
        }
    }

    private static unsafe RgbImage Decode(SKCodec codec, string name)
    {
        SKSizeI size = codec.Info.Size;
        if ((long)size.Width * size.Height > MaxPixels)
        {
            throw new InvalidDataException($"'{name}' has {size.Width} x {size.Height} pixels: expected at most {MaxPixels} in all.");
        }

        // No colour space on the target: the stored values are kept as they are, as Pillow does.
        var info = new SKImageInfo(size.Width, size.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        RgbImage image = RgbImage.Rent(size.Width, size.Height);
        SKCodecResult result;
        fixed (byte* pixels = image.Rgba)
        {
            result = codec.GetPixels(info, (IntPtr)pixels);
        }

        if (result != SKCodecResult.Success)
        {
            image.Dispose();
            throw new InvalidDataException(
                result == SKCodecResult.IncompleteInput
                    ? $"'{name}' is truncated: the image ends before its last row."
                    : $"'{name}' cannot be decoded: {result}.");
        }

        return image;
    }

    private static int RequireLength(long bytes, string name) => bytes switch
    {
        0 => throw new InvalidDataException($"'{name}' is empty: expected a JPEG, PNG, GIF, BMP or WebP image."),
        > MaxEncodedBytes => throw new InvalidDataException($"'{name}' has {bytes} bytes: expected an image of at most {MaxEncodedBytes}."),
        _ => (int)bytes,
    };
}
