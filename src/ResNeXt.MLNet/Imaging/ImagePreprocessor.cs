namespace ResNeXt.MLNet;

/// <summary>
/// Decoded image to the square the network sees. Training-time evaluation, calibration and serving all call this, so that they
/// cannot differ. Any number of threads may use one at once.
/// </summary>
internal sealed class ImagePreprocessor(ImagePreprocessing preprocessing)
{
    private readonly ImagePreprocessing _preprocessing = preprocessing.Validated();

    /// <summary>Resizes and crops; the pixels stay bytes 0..255.</summary>
    /// <param name="image">The decoded image.</param>
    /// <param name="target">Receives <c>[ImageSize, ImageSize, 3]</c> bytes, RGB interleaved.</param>
    public void Process(RgbImage image, Span<byte> target)
    {
        int crop = _preprocessing.ImageSize;
        (int width, int height) = _preprocessing.Fit == ImageFit.BothSides
            ? ResizeGeometry.BothSidesTo(_preprocessing.ResizeSize, image.Width, image.Height)
            : ResizeGeometry.ShorterSideTo(_preprocessing.ResizeSize, image.Width, image.Height);
        var window = new PixelRectangle(ResizeGeometry.CenterCropOffset(width, crop), ResizeGeometry.CenterCropOffset(height, crop), crop, crop);
        ImageResizer.Resize(image, new PixelRectangle(0, 0, image.Width, image.Height), (width, height), window, _preprocessing.Interpolation, target);
    }
}
