namespace ResNeXt.Training;

/// <summary>
/// The crop of the paper's own code: area uniform in <c>minScale</c> to 1, aspect uniform in 3/4 to 4/3 (torchvision: log-uniform),
/// width and height swapped half of the time, ten tries, then the shorter side resized to the square's edge and its centre cropped.
/// The filter is Pillow's: antialiased, which Torch's was not.
/// </summary>
internal sealed class RandomSizedCrop(int imageSize, double minScale, ImageInterpolation interpolation)
{
    /// <inheritdoc cref="RandomResizedCrop.Process"/>
    public ImageView Process(RgbImage image, Random random, Span<byte> target)
    {
        if (DrawRegion(image.Width, image.Height, random) is PixelRectangle region)
        {
            var square = new PixelRectangle(0, 0, imageSize, imageSize);
            ImageResizer.Resize(image, region, (imageSize, imageSize), square, interpolation, target);
            return ImageView.Of(region, image);
        }

        (int width, int height) = ResizeGeometry.ShorterSideTo(imageSize, image.Width, image.Height);
        var whole = new PixelRectangle(0, 0, image.Width, image.Height);
        var center = new PixelRectangle((width - imageSize + 1) / 2, (height - imageSize + 1) / 2, imageSize, imageSize); // halves go up
        ImageResizer.Resize(image, whole, (width, height), center, interpolation, target);
        return ImageView.Of(center, (width, height), image.Width, image.Height);
    }

    /// <returns>Null when none of ten crops fits.</returns>
    internal PixelRectangle? DrawRegion(int width, int height, Random random)
    {
        for (int attempt = 0; attempt < 10; attempt++)
        {
            double area = (double)width * height * random.Uniform(minScale, 1);
            double aspect = random.Uniform(3.0 / 4.0, 4.0 / 3.0);
            int w = (int)Math.Round(Math.Sqrt(area * aspect), MidpointRounding.AwayFromZero);
            int h = (int)Math.Round(Math.Sqrt(area / aspect), MidpointRounding.AwayFromZero);
            if (random.NextDouble() < 0.5)
            {
                (w, h) = (h, w);
            }

            if (w > 0 && w <= width && h > 0 && h <= height)
            {
                return new PixelRectangle(random.Next(width - w + 1), random.Next(height - h + 1), w, h);
            }
        }

        return null;
    }
}
