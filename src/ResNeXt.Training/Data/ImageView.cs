namespace ResNeXt.Training;

/// <summary>What a network's square shows of an image: a rectangle of the upright decoded image, in its pixels. It may reach beyond the image.</summary>
/// <param name="X">Left edge.</param>
/// <param name="Y">Top edge.</param>
/// <param name="Width">Width.</param>
/// <param name="Height">Height.</param>
/// <param name="Flipped">Whether the square is its mirror image.</param>
/// <param name="ImageWidth">Width of the whole image.</param>
/// <param name="ImageHeight">Height of the whole image.</param>
internal readonly record struct ImageView(double X, double Y, double Width, double Height, bool Flipped, int ImageWidth, int ImageHeight)
{
    /// <summary>A crop of whole pixels.</summary>
    public static ImageView Of(PixelRectangle region, RgbImage image) => new(region.X, region.Y, region.Width, region.Height, false, image.Width, image.Height);

    /// <summary>A window of the resized image.</summary>
    public static ImageView Of(PixelRectangle window, (int Width, int Height) resized, int imageWidth, int imageHeight)
    {
        double across = (double)imageWidth / resized.Width, down = (double)imageHeight / resized.Height;
        return new ImageView(window.X * across, window.Y * down, window.Width * across, window.Height * down, false, imageWidth, imageHeight);
    }

    /// <summary>What is seen without chance.</summary>
    /// <param name="preprocessing">How the image is prepared.</param>
    /// <param name="imageWidth">Width of the image.</param>
    /// <param name="imageHeight">Height of the image.</param>
    /// <param name="right">How far the square is moved to the right, in its own pixels.</param>
    /// <param name="down">How far it is moved down.</param>
    public static ImageView Center(ImagePreprocessing preprocessing, int imageWidth, int imageHeight, int right = 0, int down = 0)
    {
        (int Width, int Height) resized = ImagePreprocessor.ResizedSize(preprocessing, imageWidth, imageHeight);
        PixelRectangle center = ImagePreprocessor.CenterCrop(preprocessing, resized.Width, resized.Height);
        return Of(center with { X = center.X + right, Y = center.Y + down }, resized, imageWidth, imageHeight);
    }
}
