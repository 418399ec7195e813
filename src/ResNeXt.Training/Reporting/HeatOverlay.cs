namespace ResNeXt.Training;

/// <summary>Lays an activation map over the picture that it belongs to.</summary>
internal static class HeatOverlay
{
    private const float Strongest = 0.65f;

    /// <param name="rgb">Pixels, <c>[size, size, 3]</c>; changed in place.</param>
    /// <param name="heat">0 to 1 for each pixel, <c>[size, size]</c>: nothing to yellow to red. What is below becomes grey, so that no colour of the photo is taken for it.</param>
    public static void Apply(Span<byte> rgb, ReadOnlySpan<float> heat)
    {
        for (int i = 0; i < heat.Length; i++)
        {
            float strength = Math.Clamp(heat[i], 0, 1), opacity = Strongest * strength;
            Span<byte> pixel = rgb.Slice(i * RgbImage.Channels, RgbImage.Channels);
            int grey = ((299 * pixel[0]) + (587 * pixel[1]) + (114 * pixel[2]) + 500) / 1000;
            pixel[0] = Mix(grey, 255, opacity);
            pixel[1] = Mix(grey, 220 * (1 - strength), opacity);
            pixel[2] = Mix(grey, 0, opacity);
        }
    }

    private static byte Mix(int below, float above, float opacity) => (byte)MathF.Round(below + ((above - below) * opacity));
}
