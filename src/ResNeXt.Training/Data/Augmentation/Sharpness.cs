namespace ResNeXt.Training;

/// <summary>A blend of the image with its smoothed self, byte for byte as Pillow's <c>ImageEnhance.Sharpness</c>.</summary>
internal static class Sharpness
{
    private const int Channels = RgbImage.Channels;

    /// <param name="source"><c>[H, W, 3]</c> bytes.</param>
    /// <param name="width">W.</param>
    /// <param name="factor">0 smooths, 1 changes nothing, more sharpens.</param>
    /// <param name="target">Receives <c>[H, W, 3]</c> bytes.</param>
    public static void Apply(ReadOnlySpan<byte> source, int width, double factor, Span<byte> target)
    {
        int stride = width * Channels;
        source.CopyTo(target); // the outermost pixels have no neighbourhood and stay
        for (int y = stride; y < source.Length - stride; y += stride)
        {
            for (int i = y + Channels; i < y + stride - Channels; i++)
            {
                // The order of the sums is Pillow's: in single precision another one rounds otherwise.
                float smooth = 0.5f + Side(source, i + stride) + Middle(source, i) + Side(source, i - stride);
                target[i] = ColorAdjustment.Blend((byte)Math.Clamp(smooth, 0f, 255f), source[i], (float)factor);
            }
        }
    }

    private static float Side(ReadOnlySpan<byte> source, int i)
    {
        const float Weight = 1f / 13f;
        return (source[i - Channels] * Weight) + (source[i] * Weight) + (source[i + Channels] * Weight);
    }

    private static float Middle(ReadOnlySpan<byte> source, int i)
    {
        const float Weight = 1f / 13f, Center = 5f / 13f;
        return (source[i - Channels] * Weight) + (source[i] * Center) + (source[i + Channels] * Weight);
    }
}
