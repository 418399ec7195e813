namespace ResNeXt.Training;

/// <summary>Operations that give each value of a channel a new value, whatever stands beside it; equal to Pillow's <c>ImageOps</c>.</summary>
internal static class ToneCurve
{
    private const int Channels = RgbImage.Channels;
    private const int Levels = 256;

    /// <summary>Sends every byte through the curve of its channel.</summary>
    /// <param name="pixels">RGB bytes, changed in place.</param>
    /// <param name="curve">The new value for a channel (0 to 2) and a value.</param>
    public static void Apply(Span<byte> pixels, Func<int, int, byte> curve)
    {
        Span<byte> table = stackalloc byte[Channels * Levels];
        for (int i = 0; i < table.Length; i++)
        {
            table[i] = curve(i / Levels, i % Levels);
        }

        for (int i = 0; i < pixels.Length; i += Channels)
        {
            pixels[i] = table[pixels[i]];
            pixels[i + 1] = table[Levels + pixels[i + 1]];
            pixels[i + 2] = table[(2 * Levels) + pixels[i + 2]];
        }
    }

    /// <summary>Keeps the highest bits of each value.</summary>
    public static void Posterize(Span<byte> pixels, int bits) => Apply(pixels, (_, value) => (byte)(value & (0xFF << (8 - bits))));

    /// <summary>Inverts the values from the threshold up.</summary>
    public static void Solarize(Span<byte> pixels, double threshold) => Apply(pixels, (_, value) => (byte)(value < threshold ? value : 255 - value));

    /// <summary>Stretches each channel so that its darkest value is 0 and its brightest 255.</summary>
    public static void AutoContrast(Span<byte> pixels)
    {
        int[][] histograms = Histograms(pixels);
        int[] darkest = [.. histograms.Select(histogram => Array.FindIndex(histogram, count => count > 0))];
        int[] brightest = [.. histograms.Select(histogram => Array.FindLastIndex(histogram, count => count > 0))];
        Apply(pixels, (channel, value) =>
        {
            double scale = 255.0 / (brightest[channel] - darkest[channel]);
            return brightest[channel] <= darkest[channel] ? (byte)value : (byte)Math.Clamp((int)((value * scale) - (darkest[channel] * scale)), 0, 255);
        });
    }

    /// <summary>Spreads each channel so that all values are about equally frequent.</summary>
    public static void Equalize(Span<byte> pixels)
    {
        byte[][] curves = [.. Histograms(pixels).Select(EqualizingCurve)];
        Apply(pixels, (channel, value) => curves[channel][value]);
    }

    /// <remarks>Value v becomes (step / 2 + pixels darker than v) / step, with step = (pixels less those of the brightest value) / 255.</remarks>
    private static byte[] EqualizingCurve(int[] histogram)
    {
        byte[] curve = [.. Enumerable.Range(0, Levels).Select(value => (byte)value)];
        int step = (histogram.Sum() - histogram.LastOrDefault(count => count > 0)) / 255;
        if (step > 0)
        {
            int darker = step / 2;
            for (int value = 0; value < Levels; value++)
            {
                curve[value] = (byte)Math.Min(darker / step, 255);
                darker += histogram[value];
            }
        }

        return curve;
    }

    private static int[][] Histograms(ReadOnlySpan<byte> pixels)
    {
        int[][] histograms = [new int[Levels], new int[Levels], new int[Levels]];
        for (int i = 0; i < pixels.Length; i++)
        {
            histograms[i % Channels][pixels[i]]++;
        }

        return histograms;
    }
}
