using System.Buffers;
using Microsoft.Win32.SafeHandles;
using SkiaSharp;

namespace ResNeXt.MLNet;

/// <summary>Encoded bytes to pixels; of an animation the first frame. What cannot be decoded whole is refused with the reason.</summary>
internal static class ImageDecoder
{
    /// <param name="path">An image file.</param>
    /// <param name="decoding">How it is read.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is not an image, is damaged or too large.</exception>
    public static RgbImage DecodeFile(string path, ImageDecoding decoding)
    {
        using SafeFileHandle file = File.OpenHandle(RegularFile.Require(path), options: FileOptions.SequentialScan);
        int length = RequireLength(RandomAccess.GetLength(file), path, decoding.Limits);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            int count = 0;
            for (int read = -1; count < length && read != 0; count += read)
            {
                read = RandomAccess.Read(file, buffer.AsSpan(count, length - count), count);
            }

            return Decode(buffer.AsSpan(0, count), path, decoding);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <inheritdoc cref="DecodeFile(string, ImageDecoding)"/>
    /// <param name="path">An image file.</param>
    /// <param name="orientation">Whether a photo that lies on its side is turned upright.</param>
    public static RgbImage DecodeFile(string path, ImageOrientation orientation = ImageOrientation.Apply) =>
        DecodeFile(path, new ImageDecoding { Orientation = orientation });

    /// <param name="encoded">A whole image file: JPEG, PNG, GIF, BMP or WebP.</param>
    /// <param name="name">What error messages call it.</param>
    /// <param name="decoding">How it is read.</param>
    /// <exception cref="InvalidDataException">The bytes are not an image, are damaged or too large.</exception>
    public static unsafe RgbImage Decode(ReadOnlySpan<byte> encoded, string name, ImageDecoding? decoding = null)
    {
        decoding ??= ImageDecoding.Default;
        RequireLength(encoded.Length, name, decoding.Limits);
        if (ImageFormat.Readable(encoded) is null)
        {
            throw new InvalidDataException(ImageFormat.Foreign(encoded) is string foreign
                ? $"'{name}' is a {foreign} image, which is not read: save it as JPEG or PNG."
                : $"'{name}' is not an image: expected {ImageFormat.All}.");
        }

        fixed (byte* address = encoded)
        {
            using SKData data = SKData.Create((IntPtr)address, encoded.Length); // not a copy
            using SKCodec codec = SKCodec.Create(data)
                ?? throw new InvalidDataException($"'{name}' is not an image: expected {ImageFormat.All}.");
            RgbImage image = Decode(codec, name, decoding);
            return decoding.Orientation == ImageOrientation.Apply ? UprightImage.Of(image, ExifOrientation.Of(encoded)) : image;
        }
    }

    private static unsafe RgbImage Decode(SKCodec codec, string name, ImageDecoding decoding)
    {
        SKSizeI size = codec.Info.Size;
        if ((long)size.Width * size.Height > decoding.Limits.MaxPixels)
        {
            throw new InvalidDataException($"'{name}' has {size.Width} x {size.Height} pixels: expected at most {decoding.Limits.MaxPixels} in all.");
        }

        if (decoding.ShorterSide is int shorterSide && codec.EncodedFormat == SKEncodedImageFormat.Jpeg)
        {
            size = codec.GetScaledDimensions(1f / ResizeGeometry.JpegScale(shorterSide, size.Width, size.Height));
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

    private static int RequireLength(long bytes, string name, ImageLimits limits) =>
        bytes == 0 ? throw new InvalidDataException($"'{name}' is empty: expected a {ImageFormat.All} image.")
        : bytes > limits.MaxEncodedBytes ? throw new InvalidDataException($"'{name}' has {bytes} bytes: expected an image of at most {limits.MaxEncodedBytes}.")
        : (int)bytes;
}
