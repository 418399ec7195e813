using System.Runtime.InteropServices;

namespace ResNeXt.MLNet;

/// <summary>
/// Turns a photo as its EXIF orientation says. The whole image is turned before it is resized: the resize rounds between its
/// horizontal and its vertical pass, so turning the small result would give other bytes.
/// </summary>
internal static class UprightImage
{
    /// <summary>A tile of source and target stay in the first cache while rows become columns.</summary>
    private const int Tile = 32;

    /// <param name="image">The pixels as stored; disposed unless they are upright already.</param>
    /// <param name="exif">EXIF orientation, 1 to 8; other values mean 1.</param>
    public static RgbImage Of(RgbImage image, int exif)
    {
        if (exif is < 2 or > 8)
        {
            return image;
        }

        using (image)
        {
            // Where upright pixel (0, 0) is stored, and how far from it the next one to the right and the next one down are.
            int right = image.Width - 1, bottom = (image.Height - 1) * image.Width, row = image.Width;
            (int origin, int stepX, int stepY) = exif switch
            {
                2 => (right, -1, row),
                3 => (right + bottom, -1, -row),
                4 => (bottom, 1, -row),
                5 => (0, row, 1),
                6 => (bottom, -row, 1),
                7 => (right + bottom, -row, -1),
                _ => (right, row, -1),
            };
            RgbImage upright = exif < 5 ? RgbImage.Rent(image.Width, image.Height) : RgbImage.Rent(image.Height, image.Width);
            Copy(MemoryMarshal.Cast<byte, uint>(image.Rgba), MemoryMarshal.Cast<byte, uint>(upright.Rgba), upright.Width, origin, stepX, stepY);
            return upright;
        }
    }

    private static void Copy(ReadOnlySpan<uint> source, Span<uint> target, int width, int origin, int stepX, int stepY)
    {
        int height = target.Length / width;
        for (int top = 0; top < height; top += Tile)
        {
            for (int left = 0; left < width; left += Tile)
            {
                int bottom = Math.Min(top + Tile, height), right = Math.Min(left + Tile, width);
                for (int y = top; y < bottom; y++)
                {
                    int at = origin + (left * stepX) + (y * stepY);
                    foreach (ref uint pixel in target[((y * width) + left)..((y * width) + right)])
                    {
                        pixel = source[at];
                        at += stepX;
                    }
                }
            }
        }
    }
}
