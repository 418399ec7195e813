namespace ResNeXt.MLNet;

/// <summary>Where pixels go: the arithmetic of torchvision's <c>Resize</c> and <c>CenterCrop</c>.</summary>
internal static class ResizeGeometry
{
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

    /// <summary>The first row or column of a centre crop: <c>round((length - crop) / 2)</c>, halves to even.</summary>
    public static int CenterCropOffset(int length, int crop) => (int)Math.Round((length - crop) / 2.0, MidpointRounding.ToEven);
}
