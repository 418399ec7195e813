using ResNeXt.MLNet;

namespace ResNeXt.Training.Tests;

public sealed class RandomErasingTests
{
    [Fact]
    public void DrawRegion_NumbersOfTorchvision_GivesItsRegion() =>
        Assert.All(Golden.Regions("erase"), golden => Assert.Equal(golden.Rectangle, RandomErasing.DrawRegion(golden.Width, golden.Height, golden.Random)));

    [Theory]
    [InlineData(0, 0, 61, 47)]
    [InlineData(7, 3, 20, 30)]
    [InlineData(60, 46, 1, 1)]
    [InlineData(50, 0, 11, 47)]
    public void Fill_Region_EqualsTorchvision(int x, int y, int width, int height)
    {
        GoldenPicture image = Golden.Wide;

        RandomErasing.Fill(image.Pixels, image.Width, new PixelRectangle(x, y, width, height), Golden.Color);

        Golden.AssertEqual($"erase {x} {y} {width} {height}", image.Pixels);
    }
}
