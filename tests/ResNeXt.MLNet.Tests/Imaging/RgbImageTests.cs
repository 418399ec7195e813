namespace ResNeXt.MLNet.Tests;

public class RgbImageTests
{
    [Theory]
    [InlineData(3, 2)]
    [InlineData(8192, 2049)] // above 64 MiB: not from the pool
    public void Dispose_Twice_GivesTheMemoryBackOnce(int width, int height)
    {
        RgbImage image = RgbImage.Rent(width, height);
        image.Rgba[^1] = 1;
        Assert.Equal(width * height * RgbImage.PixelBytes, image.Rgba.Length);

        image.Dispose();
        image.Dispose();

        Assert.Throws<ObjectDisposedException>(() => image.Rgba.Length);
    }
}
