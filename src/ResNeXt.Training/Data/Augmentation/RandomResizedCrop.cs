namespace ResNeXt.Training;

/// <summary>
/// A crop of random area and aspect ratio, resized to the network's square (Szegedy et al. 2015), as torchvision draws it: aspect
/// log-uniform in 3/4 to 4/3, ten tries, then the largest centre crop of an allowed aspect.
/// </summary>
internal sealed class RandomResizedCrop(int imageSize, double minScale, ImageInterpolation interpolation)
{
    private const double MinAspect = 3.0 / 4.0;
    private const double MaxAspect = 4.0 / 3.0;

    /// <param name="image">The decoded image.</param>
    /// <param name="random">Source of chance of this one image.</param>
    /// <param name="target">Receives <c>[imageSize, imageSize, 3]</c> bytes.</param>
    /// <returns>What the square shows.</returns>
    public ImageView Process(RgbImage image, Random random, Span<byte> target)
    {
        PixelRectangle region = DrawRegion(image.Width, image.Height, random);
        var square = new PixelRectangle(0, 0, imageSize, imageSize);
        ImageResizer.Resize(image, region, (imageSize, imageSize), square, interpolation, target);
        return ImageView.Of(region, image);
    }

    internal PixelRectangle DrawRegion(int width, int height, Random random)
    {
        for (int attempt = 0; attempt < 10; attempt++)
        {
            double area = (double)width * height * random.Uniform(minScale, 1);
            double aspect = random.LogUniform(MinAspect, MaxAspect);
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
}
