namespace ResNeXt.MLNet;

/// <summary>
/// Decoded image to the square the network sees. Training-time evaluation, calibration and serving all call this, so that they
/// cannot differ. Any number of threads may use one at once.
/// </summary>
internal sealed class ImagePreprocessor(ImagePreprocessing preprocessing, ImageViews views = ImageViews.Center)
{
    private readonly ImagePreprocessing _preprocessing = preprocessing.Validated();

    /// <summary>The size of an image behind the resize.</summary>
    public static (int Width, int Height) ResizedSize(ImagePreprocessing preprocessing, int width, int height) => preprocessing.Fit == ImageFit.BothSides
        ? ResizeGeometry.BothSidesTo(preprocessing.ResizeSize, width, height)
        : ResizeGeometry.ShorterSideTo(preprocessing.ResizeSize, width, height);

    /// <summary>The square that the network sees of a resized image.</summary>
    public static PixelRectangle CenterCrop(ImagePreprocessing preprocessing, int width, int height)
    {
        int crop = preprocessing.ImageSize;
        return new PixelRectangle(ResizeGeometry.CenterCropOffset(width, crop), ResizeGeometry.CenterCropOffset(height, crop), crop, crop);
    }

    /// <summary>Resizes and crops; the pixels stay bytes 0..255.</summary>
    /// <param name="image">The decoded image.</param>
    /// <param name="target">Receives <c>[ImageSize, ImageSize, 3]</c> bytes, RGB interleaved, of each view.</param>
    public void Process(RgbImage image, Span<byte> target)
    {
        (int width, int height) = ResizedSize(_preprocessing, image.Width, image.Height);
        if (views == ImageViews.Center)
        {
            Resize(image, (width, height), CenterCrop(_preprocessing, width, height), target);
            return;
        }

        int crop = _preprocessing.ImageSize;
        foreach ((PixelRectangle window, bool mirrored) in CropViews.Of(views, width, height, crop))
        {
            Span<byte> pixels = target[.._preprocessing.ByteCount];
            target = target[_preprocessing.ByteCount..];
            Resize(image, (width, height), window, pixels);
            if (mirrored)
            {
                HorizontalFlip.Apply(pixels, crop);
            }
        }
    }

    private void Resize(RgbImage image, (int Width, int Height) resized, PixelRectangle window, Span<byte> target) =>
        ImageResizer.Resize(image, new PixelRectangle(0, 0, image.Width, image.Height), resized, window, _preprocessing.Interpolation, target);
}
