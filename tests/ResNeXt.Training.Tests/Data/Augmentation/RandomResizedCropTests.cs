using CsCheck;
using ResNeXt.MLNet;

namespace ResNeXt.Training.Tests;

public sealed class RandomResizedCropTests
{
    [Fact]
    public void DrawRegion_NumbersOfTorchvision_GivesItsRegion() => Assert.All(
        Golden.Regions("crop"),
        golden => Assert.Equal(
            golden.Rectangle,
            new RandomResizedCrop(32, 0.08, ImageInterpolation.Bilinear).DrawRegion(golden.Width, golden.Height, golden.Random)));

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

    [Theory]
    [InlineData(0, 0, 61, 47)]
    [InlineData(7, 3, 20, 30)]
    [InlineData(60, 46, 1, 1)]
    [InlineData(50, 0, 11, 47)]
    public void Resize_Region_EqualsTorchvision(int x, int y, int width, int height)
    {
        byte[] target = new byte[32 * 32 * 3];
        foreach (ImageInterpolation interpolation in Enum.GetValues<ImageInterpolation>())
        {
            ImageResizer.Resize(Golden.Wide.ToImage(), new PixelRectangle(x, y, width, height), (32, 32), new PixelRectangle(0, 0, 32, 32), interpolation, target);
            Golden.AssertEqual($"crop {x} {y} {width} {height} {interpolation}", target);
        }
    }
}
