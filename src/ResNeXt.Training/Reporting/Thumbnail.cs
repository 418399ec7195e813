using SkiaSharp;

namespace ResNeXt.Training;

/// <summary>A small picture that stands in the page itself: a JPEG as a <c>data:</c> address.</summary>
internal static class Thumbnail
{
    /// <summary>The longest edge: 4 kB a photo, so that a hundred of them keep the page below a megabyte.</summary>
    public const int Edge = 112;

    private const int Quality = 80;

    /// <param name="rgb">Pixels of a square, <c>[size, size, 3]</c>.</param>
    /// <param name="size">Its edge; a larger one than <see cref="Edge"/> is shrunk.</param>
    public static string Of(ReadOnlySpan<byte> rgb, int size)
    {
        using var whole = new RgbImage(size, size, rgb);
        if (size <= Edge)
        {
            return Encode(whole);
        }

        byte[] pixels = new byte[Edge * Edge * RgbImage.Channels];
        ImageResizer.Resize(whole, new PixelRectangle(0, 0, size, size), (Edge, Edge), new PixelRectangle(0, 0, Edge, Edge), ImageInterpolation.Bilinear, pixels);
        using var small = new RgbImage(Edge, Edge, pixels);
        return Encode(small);
    }

    private static string Encode(RgbImage image)
    {
        var info = new SKImageInfo(image.Width, image.Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using SKImage picture = SKImage.FromPixelCopy(info, image.Rgba.ToArray());
        using SKData jpeg = picture.Encode(SKEncodedImageFormat.Jpeg, Quality);
        return "data:image/jpeg;base64," + Convert.ToBase64String(jpeg.AsSpan());
    }
}
