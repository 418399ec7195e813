using System.Buffers;

namespace ResNeXt.MLNet;

/// <summary>
/// Resize and crop in one go, byte for byte what Pillow gives: horizontal pass first, each pass rounded and clipped to a byte;
/// only the rows and columns that the crop keeps are computed. The sums are whole numbers, so every vector width gives the same bytes.
/// </summary>
internal static class ImageResizer
{
    private const int Channels = RgbImage.Channels;

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
        using var columns = new ResizeKernel(region.Width, resized.Width, window.X, window.Width, interpolation);
        using var rows = new ResizeKernel(region.Height, resized.Height, window.Y, window.Height, interpolation);
        Resize(image, region, columns, rows, target);
    }

    /// <summary>The same with the weights already computed.</summary>
    /// <param name="image">The source.</param>
    /// <param name="region">What is resized, in source pixels.</param>
    /// <param name="columns">Weights of the horizontal pass.</param>
    /// <param name="rows">Weights of the vertical pass.</param>
    /// <param name="target">Receives <c>[rows.Count, columns.Count, 3]</c> bytes.</param>
    public static unsafe void Resize(
        RgbImage image,
        PixelRectangle region,
        ResizeKernel columns,
        ResizeKernel rows,
        Span<byte> target)
    {
        int stride = columns.Count * Channels;
        int rowCount = rows.SourceEnd - rows.SourceStart;
        RequireInside(image, region, rows, target.Length, stride);

        // One byte more than the rows: a pixel is stored as four bytes, the last of which the next pixel overwrites.
        byte[] narrow = ArrayPool<byte>.Shared.Rent(checked((rowCount * stride) + 1));
        try
        {
            fixed (byte* source = image.Rgba, between = narrow, end = target)
            {
                for (int y = 0; y < rowCount; y++)
                {
                    long start = ((long)(region.Y + rows.SourceStart + y) * image.Width) + region.X;
                    ResizeRow(source + (start * RgbImage.PixelBytes), columns, between + ((nint)y * stride));
                }

                for (int y = 0; y < rows.Count; y++)
                {
                    byte* top = between + ((nint)(rows.Start(y) - rows.SourceStart) * stride);
                    BlendRows(top, stride, rows.Weights(y), end + ((nint)y * stride), rows.VectorBits);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(narrow);
        }
    }

    private static unsafe void ResizeRow(byte* source, ResizeKernel columns, byte* target)
    {
        // Vectors read whole groups of pixels: a row shorter than a group is left to the plain loop.
        switch (columns.CanGroup ? columns.VectorBits : 0)
        {
            case 512:
                ResizeVector512.ResizeRow(source, columns, target);
                break;
            case 256:
                ResizeVector256.ResizeRow(source, columns, target);
                break;
            case 128:
                ResizeVector128.ResizeRow(source, columns, target);
                break;
            default:
                ResizeScalar.ResizeRow(source, columns, target);
                break;
        }
    }

    private static unsafe void BlendRows(byte* source, int stride, ReadOnlySpan<int> weights, byte* target, int vectorBits)
    {
        int width = Math.Min(vectorBits, stride >= 64 ? 512 : stride >= 32 ? 256 : stride >= 16 ? 128 : 0);
        switch (width)
        {
            case 512:
                ResizeVector512.BlendRows(source, stride, weights, target);
                break;
            case 256:
                ResizeVector256.BlendRows(source, stride, weights, target);
                break;
            case 128:
                ResizeVector128.BlendRows(source, stride, weights, target);
                break;
            default:
                ResizeScalar.BlendRows(source, stride, weights, target);
                break;
        }
    }

    /// <summary>What the loops take for granted: they use addresses.</summary>
    private static void RequireInside(RgbImage image, PixelRectangle region, ResizeKernel rows, int targetLength, int stride)
    {
        bool inside = region is { X: >= 0, Y: >= 0 }
            && region.X + region.Width <= image.Width
            && region.Y + region.Height <= image.Height
            && rows.SourceEnd <= region.Height;
        if (!inside || targetLength < rows.Count * stride)
        {
            throw new ArgumentException($"{region} does not lie inside an image of {image.Width} x {image.Height}, or {targetLength} bytes are too few.");
        }
    }
}
