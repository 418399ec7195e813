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
            byte[] expected = Constant(resized, red, green, blue).ToRgb();
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
            var cut = new RgbImage(region.Width, region.Height, Cut(image.ToRgb(), image.Width, region));
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
            Assert.Equal(image.ToRgb(), Resized(image, size, Whole(size), interpolation));
        });
    }

    // Sizes around the width of the vectors, and crops at either end: the plain loops are the oracle.
    [Theory]
    [InlineData(128)]
    [InlineData(256)]
    [InlineData(512)]
    public void Resize_Vectors_EqualThePlainLoops(int vectorBits)
    {
        Gen.Select(RandomImage, Gen.Select(Gen.Int[1, 90], Gen.Int[1, 90]), Gen.Int[0, 99], Gen.Enum<ImageInterpolation>()).ForAll("0000000000007", value =>
        {
            var (image, (width, height), skip, interpolation) = value;
            int x = skip % width, y = skip % height;
            Assert.Equal(Made(0), Made(vectorBits));

            byte[] Made(int bits)
            {
                var columns = new ResizeKernel(image.Width, width, x, width - x, interpolation, bits);
                var rows = new ResizeKernel(image.Height, height, y, height - y, interpolation, bits);
                byte[] target = new byte[columns.Count * rows.Count * RgbImage.Channels];
                ImageResizer.Resize(image, Whole((image.Width, image.Height)), columns, rows, target);
                return target;
            }
        });
    }

    // Expected: the digest of Pillow 9.4's Image.fromarray(bars).resize((200, 200), Image.BICUBIC).
    [Theory]
    [InlineData(0)]
    [InlineData(128)]
    [InlineData(256)]
    [InlineData(512)]
    public void Resize_BlackAndWhiteBicubic_ClipsTheOvershoot(int vectorBits)
    {
        byte[] bars = [.. Enumerable.Range(0, 64 * 64).SelectMany(i => Enumerable.Repeat((byte)(i / 4 % 2 * 255), 3))];
        using var image = new RgbImage(64, 64, bars);
        var kernel = new ResizeKernel(64, 200, 0, 200, ImageInterpolation.Bicubic, vectorBits);
        byte[] target = new byte[200 * 200 * RgbImage.Channels];
        ImageResizer.Resize(image, Whole((64, 64)), kernel, kernel, target);
        Assert.Equal("bdba46733d83b81611a702e77cdd6fa29bc7ceeaa395b8d0f3fdf4f46e72b146", Golden.Digest(target));
    }

    [Fact]
    public void Resize_RegionOutside_IsRefused()
    {
        using RgbImage image = Constant((8, 8), 1, 2, 3);
        Assert.Throws<ArgumentException>(
            () => ImageResizer.Resize(image, new PixelRectangle(1, 0, 8, 8), (4, 4), Whole((4, 4)), ImageInterpolation.Bilinear, new byte[48]));
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
