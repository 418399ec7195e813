namespace ResNeXt.Training;

/// <summary>
/// Training-time augmentation: a crop of random area and aspect ratio resized to the network's square (Szegedy et al. 2015, as
/// torchvision draws it: aspect log-uniform in 3/4 to 4/3, ten tries, then the largest centre crop), and a horizontal flip half of the time.
/// </summary>
internal sealed class RandomResizedCrop(int imageSize, double minScale, ImageInterpolation interpolation)
{
    private const double MinAspect = 3.0 / 4.0;
    private const double MaxAspect = 4.0 / 3.0;

    /// <param name="image">The decoded image.</param>
    /// <param name="random">Source of chance of this one image.</param>
    /// <param name="target">Receives <c>[imageSize, imageSize, 3]</c> bytes.</param>
    public void Process(RgbImage image, Random random, Span<byte> target)
    {
        PixelRectangle region = DrawRegion(image.Width, image.Height, random);
        var square = new PixelRectangle(0, 0, imageSize, imageSize);
        ImageResizer.Resize(image, region, (imageSize, imageSize), square, interpolation, target);
        if (random.Next(2) == 1)
        {
            FlipRows(target, imageSize);
        }
    }

    internal PixelRectangle DrawRegion(int width, int height, Random random)
    {
        for (int attempt = 0; attempt < 10; attempt++)
        {
            double area = (double)width * height * (minScale + (random.NextDouble() * (1 - minScale)));
            double aspect = Math.Exp(Math.Log(MinAspect) + (random.NextDouble() * Math.Log(MaxAspect / MinAspect)));
            int w = (int)Math.Round(Math.Sqrt(area * aspect));
            int h = (int)Math.Round(Math.Sqrt(area / aspect));
            if (w > 0 && w <= width && h > 0 && h <= height)
            {
                return new PixelRectangle(random.Next(width - w + 1), random.Next(height - h + 1), w, h);
            }
        }

        (int cropWidth, int cropHeight) = ((double)width / height) switch
        {
            < MinAspect => (width, (int)Math.Round(width / MinAspect)),
            > MaxAspect => ((int)Math.Round(height * MaxAspect), height),
            _ => (width, height),
        };
        return new PixelRectangle((width - cropWidth) / 2, (height - cropHeight) / 2, cropWidth, cropHeight);
    }

    private static void FlipRows(Span<byte> pixels, int size)
    {
        const int Channels = RgbImage.Channels;
        for (int y = 0; y < size; y++)
        {
            Span<byte> row = pixels.Slice(y * size * Channels, size * Channels);
            row.Reverse();
            for (int x = 0; x < row.Length; x += Channels)
            {
                (row[x], row[x + 2]) = (row[x + 2], row[x]); // the reversal turned RGB into BGR
            }
        }
    }
}
