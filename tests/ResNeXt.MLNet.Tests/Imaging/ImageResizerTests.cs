using CsCheck;

namespace ResNeXt.MLNet.Tests;

public class ImageResizerTests
{
    private static readonly Gen<(int Width, int Height)> Size = Gen.Select(Gen.Int[1, 40], Gen.Int[1, 40]);

    [Fact]
    public void Resize_ConstantImage_StaysConstant()
    {
        Gen.Select(Size, Size, Gen.Byte, Gen.Byte, Gen.Byte, Gen.Enum<ImageInterpolation>()).ForAll("0000000000003", value =>
        {
            var (source, resized, red, green, blue, interpolation) = value;
            RgbImage image = Constant(source, red, green, blue);
            byte[] expected = Constant(resized, red, green, blue).Pixels;
            Assert.Equal(expected, Resized(image, resized, Whole(resized), interpolation));
        });
    }

    [Fact]
    public void Resize_Window_EqualsTheSameWindowOfTheWhole()
    {
        Gen.Select(RandomImage, Size, Gen.Int[0, 99], Gen.Int[0, 99], Gen.Enum<ImageInterpolation>()).ForAll("0000000000004", value =>
        {
            var (image, resized, right, down, interpolation) = value;
            int x = right % resized.Width, y = down % resized.Height;
            var window = new PixelRectangle(x, y, resized.Width - x, Math.Max(1, (resized.Height - y) / 2));
            byte[] whole = Resized(image, resized, Whole(resized), interpolation);
            Assert.Equal(Cut(whole, resized.Width, window), Resized(image, resized, window, interpolation));
        });
    }

    [Fact]
    public void Resize_Region_EqualsTheResizeOfTheCutOutRegion()
    {
        Gen.Select(RandomImage, Size, Gen.Int[0, 99], Gen.Int[0, 99], Gen.Enum<ImageInterpolation>()).ForAll("0000000000005", value =>
        {
            var (image, resized, right, down, interpolation) = value;
            int x = right % image.Width, y = down % image.Height;
            var region = new PixelRectangle(x, y, image.Width - x, image.Height - y);
            var cut = new RgbImage(region.Width, region.Height, Cut(image.Pixels, image.Width, region));
            byte[] target = new byte[resized.Width * resized.Height * RgbImage.Channels];
            ImageResizer.Resize(image, region, resized, Whole(resized), interpolation, target);
            Assert.Equal(Resized(cut, resized, Whole(resized), interpolation), target);
        });
    }

    [Fact]
    public void Resize_ToTheSameSize_ChangesNothing()
    {
        Gen.Select(RandomImage, Gen.Enum<ImageInterpolation>()).ForAll("0000000000006", value =>
        {
            var (image, interpolation) = value;
            (int, int) size = (image.Width, image.Height);
            Assert.Equal(image.Pixels, Resized(image, size, Whole(size), interpolation));
        });
    }

    private static readonly Gen<RgbImage> RandomImage =
        from size in Size
        from pixels in Gen.Byte.Array[size.Width * size.Height * RgbImage.Channels]
        select new RgbImage(size.Width, size.Height, pixels);

    private static byte[] Resized(RgbImage image, (int Width, int Height) resized, PixelRectangle window, ImageInterpolation interpolation)
    {
        byte[] target = new byte[window.Width * window.Height * RgbImage.Channels];
        ImageResizer.Resize(image, Whole((image.Width, image.Height)), resized, window, interpolation, target);
        return target;
    }

    private static PixelRectangle Whole((int Width, int Height) size) => new(0, 0, size.Width, size.Height);

    private static RgbImage Constant((int Width, int Height) size, byte red, byte green, byte blue) =>
        new(size.Width, size.Height, [.. Enumerable.Repeat(new[] { red, green, blue }, size.Width * size.Height).SelectMany(pixel => pixel)]);

    private static byte[] Cut(byte[] pixels, int width, PixelRectangle window) =>
    [
        .. Enumerable.Range(window.Y, window.Height).SelectMany(
            y => pixels.AsSpan(((y * width) + window.X) * RgbImage.Channels, window.Width * RgbImage.Channels).ToArray()),
    ];
}
