namespace ResNeXt.MLNet;

/// <summary>The two passes of a resize in plain loops: for processors without vectors and rows too short for them, and the tests' oracle.</summary>
internal static unsafe class ResizeScalar
{
    private const int Channels = RgbImage.Channels;

    /// <summary>One row, horizontally.</summary>
    /// <param name="source">The row, four bytes a pixel.</param>
    /// <param name="columns">The weights.</param>
    /// <param name="target">Receives three bytes a pixel.</param>
    public static void ResizeRow(byte* source, ResizeKernel columns, byte* target)
    {
        for (int x = 0; x < columns.Count; x++)
        {
            ReadOnlySpan<int> weights = columns.Weights(x);
            byte* pixel = source + (columns.Start(x) * RgbImage.PixelBytes);
            int red = ResizeKernel.Half, green = ResizeKernel.Half, blue = ResizeKernel.Half;
            foreach (int weight in weights)
            {
                red += pixel[0] * weight;
                green += pixel[1] * weight;
                blue += pixel[2] * weight;
                pixel += RgbImage.PixelBytes;
            }

            target[x * Channels] = ToByte(red);
            target[(x * Channels) + 1] = ToByte(green);
            target[(x * Channels) + 2] = ToByte(blue);
        }
    }

    /// <summary>One row of the result, vertically.</summary>
    /// <param name="source">The first row that counts.</param>
    /// <param name="stride">Bytes of a row, here and in the result.</param>
    /// <param name="weights">The weight of each row.</param>
    /// <param name="target">Receives the row.</param>
    public static void BlendRows(byte* source, int stride, ReadOnlySpan<int> weights, byte* target)
    {
        for (int i = 0; i < stride; i++)
        {
            int sum = ResizeKernel.Half;
            for (int k = 0; k < weights.Length; k++)
            {
                sum += source[((nint)k * stride) + i] * weights[k];
            }

            target[i] = ToByte(sum);
        }
    }

    private static byte ToByte(int sum) => (byte)Math.Clamp(sum >> ResizeKernel.PrecisionBits, 0, 255);
}
