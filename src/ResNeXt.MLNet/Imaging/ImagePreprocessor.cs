using System.Collections.Concurrent;

namespace ResNeXt.MLNet;

/// <summary>
/// Decoded image to the square the network sees. Training-time evaluation, calibration and serving all call this, so that they
/// cannot differ. Any number of threads may use one at once.
/// </summary>
internal sealed class ImagePreprocessor(ImagePreprocessing preprocessing)
{
    /// <summary>Photos of one camera share their weights. Some 20 kB each; when so many sizes have come by, start afresh.</summary>
    private const int KernelsKept = 64;

    private readonly ImagePreprocessing _preprocessing = preprocessing.Validated();
    private readonly ConcurrentDictionary<(int Source, int Resized), ResizeKernel> _kernels = new();

    /// <summary>Resizes and crops; the pixels stay bytes 0..255.</summary>
    /// <param name="image">The decoded image.</param>
    /// <param name="target">Receives <c>[ImageSize, ImageSize, 3]</c> bytes, RGB interleaved.</param>
    public void Process(RgbImage image, Span<byte> target)
    {
        (int width, int height) = ResizeGeometry.ShorterSideTo(_preprocessing.ResizeSize, image.Width, image.Height);
        ResizeKernel columns = Kernel(image.Width, width), rows = Kernel(image.Height, height);
        ImageResizer.Resize(image, new PixelRectangle(0, 0, image.Width, image.Height), columns, rows, target);
    }

    /// <summary>The weights of the centre crop along one axis.</summary>
    private ResizeKernel Kernel(int source, int resized)
    {
        if (_kernels.TryGetValue((source, resized), out ResizeKernel? kernel))
        {
            return kernel;
        }

        int crop = _preprocessing.ImageSize;
        kernel = new ResizeKernel(source, resized, ResizeGeometry.CenterCropOffset(resized, crop), crop, _preprocessing.Interpolation);
        if (_kernels.Count >= KernelsKept)
        {
            _kernels.Clear();
        }

        _kernels[(source, resized)] = kernel;
        return kernel;
    }
}
