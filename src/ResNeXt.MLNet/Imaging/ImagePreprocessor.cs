namespace ResNeXt.MLNet;

/// <summary>
/// Decoded image to the square the network sees. Training-time evaluation, calibration and serving all call this, so that they
/// cannot differ. Any number of threads may use one at once.
/// </summary>
internal sealed class ImagePreprocessor(ImagePreprocessing preprocessing, ImageViews views = ImageViews.Center)
{
    private readonly ImagePreprocessing _preprocessing = preprocessing.Validated();

    /// <summary>Resizes and crops; the pixels stay bytes 0..255.</summary>
    /// <param name="image">The decoded image.</param>
    /// <param name="target">Receives <c>[ImageSize, ImageSize, 3]</c> bytes, RGB interleaved, of each view.</param>
    public void Process(RgbImage image, Span<byte> target)
    {
        int crop = _preprocessing.ImageSize;
        (int width, int height) = _preprocessing.Fit == ImageFit.BothSides
            ? ResizeGeometry.BothSidesTo(_preprocessing.ResizeSize, image.Width, image.Height)
            : ResizeGeometry.ShorterSideTo(_preprocessing.ResizeSize, image.Width, image.Height);
        if (views == ImageViews.Center)
        {
            var window = new PixelRectangle(ResizeGeometry.CenterCropOffset(width, crop), ResizeGeometry.CenterCropOffset(height, crop), crop, crop);
            Resize(image, (width, height), window, target);
            return;
        }

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
