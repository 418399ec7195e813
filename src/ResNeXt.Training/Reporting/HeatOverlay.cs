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

    /// <summary>
    /// A coarse map as one of the size of the picture: linear between the places, constant beyond the outer ones. A convolution of stride 2 with its
    /// padding looks around pixel 2i, so place i of the map looks around pixel i * size / edge, the first around the very edge of the picture.
    /// </summary>
    /// <param name="map">The map, <c>[edge, edge]</c>.</param>
    /// <param name="edge">Its edge.</param>
    /// <param name="size">The edge wanted.</param>
    public static float[] Enlarged(ReadOnlySpan<float> map, int edge, int size)
    {
        float[] enlarged = new float[size * size];
        for (int i = 0; i < enlarged.Length; i++)
        {
            (int top, float down) = Place(i / size, edge, size);
            (int left, float right) = Place(i % size, edge, size);
            int below = Math.Min(top + 1, edge - 1) * edge, beside = Math.Min(left + 1, edge - 1);
            float upper = float.Lerp(map[(top * edge) + left], map[(top * edge) + beside], right);
            enlarged[i] = float.Lerp(upper, float.Lerp(map[below + left], map[below + beside], right), down);
        }

        return enlarged;
    }

    private static (int Place, float Beyond) Place(int pixel, int edge, int size)
    {
        float place = Math.Min((float)pixel * edge / size, edge - 1);
        return ((int)place, place - (int)place);
    }

    private static byte Mix(int below, float above, float opacity) => (byte)MathF.Round(below + ((above - below) * opacity));
}
