namespace ResNeXt.Training;

/// <summary>
/// Paints over a random rectangle (Zhong et al. 2017), drawn as torchvision's <c>RandomErasing</c> draws it: 2 to 33 % of the area, aspect
/// log-uniform in 0.3 to 3.3, ten tries, then nothing. torchvision erases to zero after the normalisation: the colour is the mean.
/// </summary>
internal static class RandomErasing
{
    /// <returns>Null when none of ten rectangles fits.</returns>
    public static PixelRectangle? DrawRegion(int width, int height, Random random)
    {
        for (int attempt = 0; attempt < 10; attempt++)
        {
            double area = (double)width * height * random.Uniform(0.02, 0.33);
            double aspect = random.LogUniform(0.3, 3.3); // height to width, other than in a crop
            int h = (int)Math.Round(Math.Sqrt(area * aspect));
            int w = (int)Math.Round(Math.Sqrt(area / aspect));
            if (w < width && h < height)
            {
                return new PixelRectangle(random.Next(width - w + 1), random.Next(height - h + 1), w, h);
            }
        }

        return null;
    }

    /// <param name="pixels"><c>[H, W, 3]</c> bytes, changed in place.</param>
    /// <param name="width">W.</param>
    /// <param name="region">What is painted over.</param>
    /// <param name="color">Red, green, blue.</param>
    public static void Fill(Span<byte> pixels, int width, PixelRectangle region, ReadOnlySpan<byte> color)
    {
        const int Channels = RgbImage.Channels;
        for (int y = region.Y; y < region.Y + region.Height; y++)
        {
            Span<byte> row = pixels.Slice(((y * width) + region.X) * Channels, region.Width * Channels);
            for (int i = 0; i < row.Length; i++)
            {
                row[i] = color[i % Channels];
            }
        }
    }
}
