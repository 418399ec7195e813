using System.Buffers;

namespace ResNeXt.Training;

/// <summary>
/// One operation of fourteen, at one strength of 31, in one of two directions, all equally likely (Müller and Hutter 2021, the wide
/// space), as torchvision's <c>TrivialAugmentWide</c> with its defaults: nearest pixel, black outside.
/// </summary>
internal static class TrivialAugmentWide
{
    /// <summary>Strengths of an operation.</summary>
    public const int Bins = 31;

    /// <summary>The operations, in torchvision's order.</summary>
    public enum Operation
    {
        Identity,
        ShearX,
        ShearY,
        TranslateX,
        TranslateY,
        Rotate,
        Brightness,
        Color,
        Contrast,
        Sharpness,
        Posterize,
        Solarize,
        AutoContrast,
        Equalize,
    }

    /// <summary>Draws and applies an operation.</summary>
    public static void Apply(Span<byte> pixels, int width, Random random) =>
        Apply(pixels, width, (Operation)random.Next((int)Operation.Equalize + 1), random.Next(Bins), negative: random.Next(2) == 1);

    /// <param name="pixels"><c>[H, W, 3]</c> bytes, changed in place.</param>
    /// <param name="width">W.</param>
    /// <param name="operation">What to do.</param>
    /// <param name="bin">How strongly: 0 to 30.</param>
    /// <param name="negative">The other direction, where the operation has one.</param>
    public static void Apply(Span<byte> pixels, int width, Operation operation, int bin, bool negative)
    {
        int height = pixels.Length / (width * RgbImage.Channels);
        byte[] rented = ArrayPool<byte>.Shared.Rent(pixels.Length);
        Span<byte> source = rented.AsSpan(0, pixels.Length);
        pixels.CopyTo(source);
        switch (operation)
        {
            case Operation.Identity:
                break;
            case Operation.ShearX:
                AffineMap.ShearX(Magnitude(0.99)).Apply(source, width, pixels);
                break;
            case Operation.ShearY:
                AffineMap.ShearY(Magnitude(0.99)).Apply(source, width, pixels);
                break;
            case Operation.TranslateX:
                AffineMap.Translation((int)Magnitude(32), 0).Apply(source, width, pixels);
                break;
            case Operation.TranslateY:
                AffineMap.Translation(0, (int)Magnitude(32)).Apply(source, width, pixels);
                break;
            case Operation.Rotate:
                AffineMap.Rotation(Magnitude(135), width, height).Apply(source, width, pixels);
                break;
            case Operation.Brightness:
                ColorAdjustment.Brightness(pixels, 1 + Magnitude(0.99));
                break;
            case Operation.Color:
                ColorAdjustment.Saturation(pixels, 1 + Magnitude(0.99));
                break;
            case Operation.Contrast:
                ColorAdjustment.Contrast(pixels, 1 + Magnitude(0.99));
                break;
            case Operation.Sharpness:
                Sharpness.Apply(source, width, 1 + Magnitude(0.99), pixels);
                break;
            case Operation.Posterize:
                ToneCurve.Posterize(pixels, 8 - (int)Math.Round(bin / 5.0));
                break;
            case Operation.Solarize:
                ToneCurve.Solarize(pixels, 255 - (8.5 * bin));
                break;
            case Operation.AutoContrast:
                ToneCurve.AutoContrast(pixels);
                break;
            case Operation.Equalize:
                ToneCurve.Equalize(pixels);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(operation), operation, null);
        }

        ArrayPool<byte>.Shared.Return(rented);

        double Magnitude(double end) => (negative ? -end : end) * bin / (Bins - 1);
    }
}
