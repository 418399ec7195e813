namespace ResNeXt.Training;

/// <summary>
/// Brightness, contrast, saturation and hue, byte for byte as torchvision changes them on PIL images: a blend of the image with
/// black, its mean gray or its grays, where factor 0 gives that, 1 the image, and more exaggerates it.
/// </summary>
internal static class ColorAdjustment
{
    private const int Channels = RgbImage.Channels;

    /// <param name="pixels">RGB bytes, changed in place.</param>
    /// <param name="factor">At least 0; 1 changes nothing.</param>
    public static void Brightness(Span<byte> pixels, double factor) => ToneCurve.Apply(pixels, (_, value) => Blend(0, value, (float)factor));

    /// <inheritdoc cref="Brightness"/>
    public static void Contrast(Span<byte> pixels, double factor)
    {
        long sum = 0;
        for (int i = 0; i < pixels.Length; i += Channels)
        {
            sum += Gray(pixels[i], pixels[i + 1], pixels[i + 2]);
        }

        int mean = (int)(((double)sum / (pixels.Length / Channels)) + 0.5);
        ToneCurve.Apply(pixels, (_, value) => Blend(mean, value, (float)factor));
    }

    /// <inheritdoc cref="Brightness"/>
    public static void Saturation(Span<byte> pixels, double factor)
    {
        for (int i = 0; i < pixels.Length; i += Channels)
        {
            int gray = Gray(pixels[i], pixels[i + 1], pixels[i + 2]);
            pixels[i] = Blend(gray, pixels[i], (float)factor);
            pixels[i + 1] = Blend(gray, pixels[i + 1], (float)factor);
            pixels[i + 2] = Blend(gray, pixels[i + 2], (float)factor);
        }
    }

    /// <summary>Turns the colour wheel.</summary>
    /// <param name="pixels">RGB bytes, changed in place.</param>
    /// <param name="factor">Turns, -0.5 to 0.5.</param>
    public static void Hue(Span<byte> pixels, double factor)
    {
        int shift = (int)(factor * 255);
        for (int i = 0; i < pixels.Length; i += Channels)
        {
            HsvColor color = HsvColor.FromRgb(pixels[i], pixels[i + 1], pixels[i + 2]);
            color = color with { Hue = (byte)(color.Hue + shift) }; // a byte is a full turn and wraps
            (pixels[i], pixels[i + 1], pixels[i + 2]) = color.ToRgb();
        }
    }

    /// <summary>From one value through another and beyond, in single precision as Pillow's <c>blend</c>.</summary>
    internal static byte Blend(int from, int to, float factor) => (byte)Math.Clamp(from + (factor * (to - from)), 0f, 255f);

    /// <summary>ITU-R 601-2 luma in Pillow's fixed point.</summary>
    private static int Gray(byte red, byte green, byte blue) => ((red * 19595) + (green * 38470) + (blue * 7471) + 0x8000) >> 16;
}
