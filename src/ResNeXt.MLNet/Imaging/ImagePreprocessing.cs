using System.Globalization;

namespace ResNeXt.MLNet;

/// <summary>
/// How an image becomes the input of the network: resize the shorter side (or both) to <see cref="ResizeSize"/>, crop the centre
/// square of <see cref="ImageSize"/>, then (inside the ONNX graph) subtract <see cref="Mean"/> and divide by <see cref="StandardDeviation"/>.
/// The same as torchvision's <c>Resize</c>, <c>CenterCrop</c>, <c>Normalize</c>.
/// </summary>
public sealed record ImagePreprocessing
{
    /// <summary>Edge of the square the network sees.</summary>
    /// <value>Pixels, 1 to 4096. The default is 224.</value>
    public int ImageSize { get; init; } = 224;

    /// <summary>Length of the shorter side after the resize.</summary>
    /// <value>Pixels, at least <see cref="ImageSize"/>, at most 8192. The default is 256.</value>
    public int ResizeSize { get; init; } = 256;

    /// <summary>Whether the resize keeps the proportions of the image or squeezes it into a square.</summary>
    /// <value>The default is <see cref="ImageFit.ShorterSide"/>.</value>
    public ImageFit Fit { get; init; } = ImageFit.ShorterSide;

    /// <summary>The resize filter.</summary>
    /// <value>The default is <see cref="ImageInterpolation.Bilinear"/>.</value>
    public ImageInterpolation Interpolation { get; init; } = ImageInterpolation.Bilinear;

    /// <summary>Whether a photo that was taken with the camera on its side is turned upright before the resize.</summary>
    /// <value>The default is <see cref="ImageOrientation.Apply"/>. Model files of version 0.1 without the entry mean <see cref="ImageOrientation.Ignore"/>.</value>
    public ImageOrientation Orientation { get; init; } = ImageOrientation.Apply;

    /// <summary>Mean of red, green and blue, on the scale 0 to 1.</summary>
    /// <value>Three values. The default is ImageNet's (0.485, 0.456, 0.406).</value>
    public IReadOnlyList<float> Mean { get; init; } = [0.485f, 0.456f, 0.406f];

    /// <summary>Standard deviation of red, green and blue, on the scale 0 to 1.</summary>
    /// <value>Three values above zero. The default is ImageNet's (0.229, 0.224, 0.225).</value>
    public IReadOnlyList<float> StandardDeviation { get; init; } = [0.229f, 0.224f, 0.225f];

    /// <summary>Bytes of one preprocessed image, <c>[ImageSize, ImageSize, 3]</c>.</summary>
    internal int ByteCount => ImageSize * ImageSize * RgbImage.Channels;

    /// <summary>The same for another input size: the resize keeps its proportion to the crop.</summary>
    internal ImagePreprocessing Scaled(int imageSize) =>
        this with { ImageSize = imageSize, ResizeSize = (int)Math.Round((double)ResizeSize * imageSize / ImageSize) };

    /// <summary>How an image is read before it is resized so.</summary>
    /// <param name="fast">Whether the decoder may leave out detail that the resize does not need.</param>
    /// <param name="limits">What is refused as too large; the defaults of <see cref="ImageLimits"/> unless given.</param>
    internal ImageDecoding Decoding(bool fast = false, ImageLimits? limits = null) =>
        new() { Orientation = Orientation, Limits = limits ?? ImageLimits.Default, ShorterSide = fast ? ResizeSize : null };

    /// <exception cref="ArgumentException">A value is out of its range; the message names it.</exception>
    internal ImagePreprocessing Validated()
    {
        Require(ImageSize is >= 1 and <= 4096, nameof(ImageSize), ImageSize, "1 to 4096 pixels");
        Require(ResizeSize >= ImageSize && ResizeSize <= 8192, nameof(ResizeSize), ResizeSize, $"{ImageSize} (the image size) to 8192 pixels");
        Require(Enum.IsDefined(Fit), nameof(Fit), Fit, "ShorterSide or BothSides");
        Require(Enum.IsDefined(Interpolation), nameof(Interpolation), Interpolation, "Bilinear or Bicubic");
        Require(Enum.IsDefined(Orientation), nameof(Orientation), Orientation, "Apply or Ignore");
        Require(Mean.Count == 3 && Mean.All(float.IsFinite), nameof(Mean), Text(Mean), "three finite numbers");
        Require(
            StandardDeviation.Count == 3 && StandardDeviation.All(s => float.IsFinite(s) && s > 0),
            nameof(StandardDeviation),
            Text(StandardDeviation),
            "three numbers above zero");
        return this;
    }

    private static string Text(IEnumerable<float> values) => string.Join(", ", values.Select(value => value.ToString(CultureInfo.InvariantCulture)));

    private static void Require(bool holds, string name, object value, string expected)
    {
        if (!holds)
        {
            throw new ArgumentException(FormattableString.Invariant($"{name} is {value}: expected {expected}."));
        }
    }
}
