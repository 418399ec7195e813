using System.Numerics;

namespace ResNeXt.MLNet;

/// <summary>Where pixels go: the arithmetic of torchvision's <c>Resize</c> and <c>CenterCrop</c>.</summary>
internal static class ResizeGeometry
{
    /// <summary>More than a JPEG has. Between its two passes a squeezed image takes this many rows of the target's width, however narrow it is.</summary>
    private const int LongestSqueezed = 1 << 16;

    /// <summary>The size after the shorter side is brought to <paramref name="edge"/>: <c>long = int(edge * long / short)</c>.</summary>
    /// <exception cref="InvalidDataException">The image is so narrow that its longer side would leave the range of <c>int</c>.</exception>
    public static (int Width, int Height) ShorterSideTo(int edge, int width, int height)
    {
        long longer = (long)edge * Math.Max(width, height) / Math.Min(width, height);
        if (longer > int.MaxValue)
        {
            throw new InvalidDataException(
                $"An image of {width} x {height} pixels is too narrow: resized to a shorter side of {edge}, the longer one would be {longer}.");
        }

        return width <= height ? (edge, (int)longer) : ((int)longer, edge);
    }

    /// <summary>The size after both sides are brought to <paramref name="edge"/>.</summary>
    /// <exception cref="InvalidDataException">A side is so long that its resize would take much more memory than the image.</exception>
    public static (int Width, int Height) BothSidesTo(int edge, int width, int height) => Math.Max(width, height) <= LongestSqueezed
        ? (edge, edge)
        : throw new InvalidDataException($"An image of {width} x {height} pixels is too long to be squeezed into a square: expected sides of at most {LongestSqueezed} pixels.");

    /// <summary>The largest of 1, 2, 4 and 8 that divides an image for which the resize to <paramref name="shorterSide"/> still has to shrink it.</summary>
    public static int JpegScale(int shorterSide, int width, int height) =>
        1 << Math.Min(3, BitOperations.Log2((uint)Math.Max(1, Math.Min(width, height) / shorterSide)));

    /// <summary>The first row or column of a centre crop: <c>round((length - crop) / 2)</c>, halves to even.</summary>
    public static int CenterCropOffset(int length, int crop) => (int)Math.Round((length - crop) / 2.0, MidpointRounding.ToEven);
}
