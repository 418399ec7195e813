using CsCheck;
using ResNeXt.MLNet;

namespace ResNeXt.Training.Tests;

public sealed class RandomResizedCropTests
{
    [Fact]
    public void DrawRegion_AnyImage_StaysInside() =>
        Gen.Select(Gen.Int[1, 700], Gen.Int[1, 700], Gen.Int).ForAll("0000KOIPe036", values =>
        {
            (int width, int height, int seed) = values;
            PixelRectangle region = new RandomResizedCrop(32, 0.5, ImageInterpolation.Bilinear).DrawRegion(width, height, new Random(seed));

            Assert.InRange(region.X, 0, width - region.Width);
            Assert.InRange(region.Y, 0, height - region.Height);
            Assert.InRange(region.Width, 1, width);
            Assert.InRange(region.Height, 1, height);
        });

    [Fact]
    public void DrawRegion_SquareImage_HasAreaAndAspectOfTheRecipe()
    {
        var crop = new RandomResizedCrop(32, 0.08, ImageInterpolation.Bilinear);
        var random = new Random(0);
        for (int i = 0; i < 1000; i++)
        {
            PixelRectangle region = crop.DrawRegion(1000, 1000, random);
            double aspect = (double)region.Width / region.Height;
            Assert.InRange(region.Width * (double)region.Height / 1e6, 0.079, 1);
            Assert.InRange(aspect, 0.745, 1.34);
        }
    }

    [Fact]
    public void Process_ManySeeds_FlipsHalfOfTheImages()
    {
        // Dark to bright from left to right: a flip shows in the corners.
        byte[] pixels = [.. Enumerable.Range(0, 64 * 64).SelectMany(i => Enumerable.Repeat((byte)(i % 64 * 4), 3))];
        var image = new RgbImage(64, 64, pixels);
        var crop = new RandomResizedCrop(16, 1, ImageInterpolation.Bilinear);
        byte[] target = new byte[16 * 16 * 3];
        int flipped = Enumerable.Range(0, 1000).Count(seed =>
        {
            crop.Process(image, new Random(seed), target);
            return target[0] > target[(16 * 3) - 1];
        });

        Assert.InRange(flipped, 430, 570);
    }

    [Fact]
    public void Process_Flip_KeepsTheOrderOfColours()
    {
        byte[] pixels = [.. Enumerable.Range(0, 40 * 40).SelectMany(_ => (byte[])[200, 100, 50])];
        byte[] target = new byte[16 * 16 * 3];
        for (int seed = 0; seed < 8; seed++)
        {
            new RandomResizedCrop(16, 0.3, ImageInterpolation.Bicubic).Process(new RgbImage(40, 40, pixels), new Random(seed), target);
            Assert.All(target.Chunk(3), pixel => Assert.Equal([200, 100, 50], pixel));
        }
    }
}
