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
    /// <remarks>Waits for the share of <see cref="DecodingBudget"/> that the image needs and holds what its pixels take until these are disposed.</remarks>
    /// <exception cref="InvalidDataException">The bytes are not an image, are damaged or too large.</exception>
    public static RgbImage Decode(ReadOnlySpan<byte> encoded, string name, ImageDecoding? decoding = null) =>
        Open(encoded, name, decoding ?? ImageDecoding.Default, Decode);

    /// <summary>What decoding would take; refuses what it would refuse without looking at pixels.</summary>
    /// <inheritdoc cref="Decode(ReadOnlySpan{byte}, string, ImageDecoding?)" path="/param"/>
    /// <inheritdoc cref="Decode(ReadOnlySpan{byte}, string, ImageDecoding?)" path="/exception"/>
    public static ImageHeader ReadHeader(ReadOnlySpan<byte> encoded, string name, ImageDecoding decoding) =>
        Open(encoded, name, decoding, static (_, _, header, _, _, _) => header);

    private static unsafe T Open<T>(ReadOnlySpan<byte> encoded, string name, ImageDecoding decoding, OpenedImage<T> use)
    {
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
            SKSizeI stored = codec.Info.Size, size = stored;
            if ((long)stored.Width * stored.Height > decoding.Limits.MaxPixels)
            {
                throw new InvalidDataException($"'{name}' has {stored.Width} x {stored.Height} pixels: expected at most {decoding.Limits.MaxPixels} in all.");
            }

            if (decoding.ShorterSide is int shorterSide && codec.EncodedFormat == SKEncodedImageFormat.Jpeg)
            {
                size = codec.GetScaledDimensions(1f / ResizeGeometry.JpegScale(shorterSide, stored.Width, stored.Height));
            }

            int exif = decoding.Orientation == ImageOrientation.Apply ? ExifOrientation.Of(encoded) : ExifOrientation.Upright;
            ImageHeader header = ImageHeader.Read(
                encoded, name, (stored.Width, stored.Height), (size.Width, size.Height), exif != ExifOrientation.Upright);
            if (header.DecodingBytes > DecodingBudget.Bytes)
            {
                throw new InvalidDataException(
                    $"'{name}' takes {header.DecodingBytes >> 20} MB to decode, a {header.Format} image of {stored.Width} x {stored.Height} pixels: expected at most {DecodingBudget.Bytes >> 20} MB. Save a smaller copy, or give the process more memory.");
            }

            return use(codec, size, header, exif, name, decoding);
        }
    }

    private static RgbImage Decode(SKCodec codec, SKSizeI size, ImageHeader header, int exif, string name, ImageDecoding decoding)
    {
        MemoryShares.Share memory = DecodingBudget.Process.Take(header.DecodingBytes);
        try
        {
            RgbImage image = UprightImage.Of(ReadPixels(codec, size, name), exif);
            memory.Keep((long)image.Width * image.Height * RgbImage.PixelBytes);
            image.Memory = memory;
            return image;
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    private static unsafe RgbImage ReadPixels(SKCodec codec, SKSizeI size, string name)
    {
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

    private delegate T OpenedImage<T>(SKCodec codec, SKSizeI size, ImageHeader header, int exif, string name, ImageDecoding decoding);
}
