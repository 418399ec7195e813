using ResNeXt.MLNet;

namespace ResNeXt.Training.Tests;

public sealed class RandomSizedCropTests
{
    [Fact]
    public void DrawRegion_NumbersOfThePaperCode_GivesItsRegion() => Assert.All(
        Golden.Regions("paper"),
        golden => Assert.Equal(
            golden.Rectangle,
            new RandomSizedCrop(32, 0.08, ImageInterpolation.Bicubic).DrawRegion(golden.Width, golden.Height, golden.Random)));

    [Fact]
    public void Process_NoCropFits_TakesTheCentreOfTheResizedImage()
    {
        // 20 columns, 100 rows: with all of the area no aspect down to 3/4 fits. The crop of the shorter side is square.
        byte[] pixels = [.. Enumerable.Range(0, 20 * 100).SelectMany(i => Enumerable.Repeat((byte)(i / 20 * 2), 3))];
        byte[] target = new byte[20 * 20 * 3];

        new RandomSizedCrop(20, 1, ImageInterpolation.Bicubic).Process(new RgbImage(20, 100, pixels), new Random(0), target);

        Assert.Equal(pixels[(40 * 20 * 3)..(60 * 20 * 3)], target);
    }
}
