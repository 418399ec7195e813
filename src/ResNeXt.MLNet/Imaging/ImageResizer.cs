using System.Buffers;

namespace ResNeXt.MLNet;

/// <summary>
/// Resize and crop in one go, byte for byte what Pillow gives: horizontal pass first, each pass rounded and clipped to a byte;
/// only the rows and columns that the crop keeps are computed.
/// </summary>
internal static class ImageResizer
{
    private const int Channels = RgbImage.Channels;
    private const int Half = 1 << (ResizeKernel.PrecisionBits - 1);

    /// <summary>Resizes <paramref name="region"/> of the image to the whole of <c>width x height</c> and keeps the given window of that.</summary>
    /// <param name="image">The source.</param>
    /// <param name="region">What is resized, in source pixels.</param>
    /// <param name="resized">Size that the region is resized to.</param>
    /// <param name="window">The part of the resized image that is wanted.</param>
    /// <param name="interpolation">The filter.</param>
    /// <param name="target">Receives <c>[window.Height, window.Width, 3]</c> bytes.</param>
    public static void Resize(
        RgbImage image,
        PixelRectangle region,
        (int Width, int Height) resized,
        PixelRectangle window,
        ImageInterpolation interpolation,
        Span<byte> target)
    {
        var columns = new ResizeKernel(region.Width, resized.Width, window.X, window.Width, interpolation);
        var rows = new ResizeKernel(region.Height, resized.Height, window.Y, window.Height, interpolation);

        int stride = window.Width * Channels;
        int rowCount = rows.SourceEnd - rows.SourceStart;
        byte[] narrow = ArrayPool<byte>.Shared.Rent(rowCount * stride);
        try
        {
            for (int y = 0; y < rowCount; y++)
            {
                int start = (((region.Y + rows.SourceStart + y) * image.Width) + region.X) * Channels;
                ResizeRow(image.Pixels.AsSpan(start, region.Width * Channels), columns, narrow.AsSpan(y * stride, stride));
            }

            for (int y = 0; y < window.Height; y++)
            {
                ReadOnlySpan<byte> source = narrow.AsSpan((rows.Start(y) - rows.SourceStart) * stride);
                BlendRows(source, stride, rows.Weights(y), target.Slice(y * stride, stride));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(narrow);
        }
    }

    private static void ResizeRow(ReadOnlySpan<byte> source, ResizeKernel columns, Span<byte> target)
    {
        for (int x = 0; x < columns.Count; x++)
        {
            ReadOnlySpan<int> weights = columns.Weights(x);
            ReadOnlySpan<byte> pixels = source.Slice(columns.Start(x) * Channels, weights.Length * Channels);
            int red = Half, green = Half, blue = Half;
            for (int k = 0; k < weights.Length; k++)
            {
                red += pixels[k * Channels] * weights[k];
                green += pixels[(k * Channels) + 1] * weights[k];
                blue += pixels[(k * Channels) + 2] * weights[k];
            }

            target[x * Channels] = ToByte(red);
            target[(x * Channels) + 1] = ToByte(green);
            target[(x * Channels) + 2] = ToByte(blue);
        }
    }

    private static void BlendRows(ReadOnlySpan<byte> source, int stride, ReadOnlySpan<int> weights, Span<byte> target)
    {
        for (int i = 0; i < stride; i++)
        {
            int sum = Half;
            for (int k = 0; k < weights.Length; k++)
            {
                sum += source[(k * stride) + i] * weights[k];
            }

            target[i] = ToByte(sum);
        }
    }

    private static byte ToByte(int sum) => (byte)Math.Clamp(sum >> ResizeKernel.PrecisionBits, 0, 255);
}
