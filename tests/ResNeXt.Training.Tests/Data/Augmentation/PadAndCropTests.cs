using ResNeXt.MLNet;

namespace ResNeXt.Training.Tests;

public sealed class PadAndCropTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(-5, -5)]
    [InlineData(5, 5)]
    [InlineData(-3, 4)]
    [InlineData(2, 0)]
    public void Crop_Picture_EqualsTorchvision(int left, int top)
    {
        byte[] target = new byte[40 * 40 * 3];

        PadAndCrop.Crop(Golden.Square.Pixels, 40, left, top, Golden.Color, target);

        Golden.AssertEqual($"pad {left} {top}", target);
    }

    [Fact]
    public void Process_ManySeeds_ShiftsByUpToAnEighthEachWayAlike()
    {
        // One bright pixel in the middle tells the shift.
        byte[] pixels = new byte[32 * 32 * 3];
        pixels[((16 * 32) + 16) * 3] = 255;
        using var image = new RgbImage(32, 32, pixels);
        var crop = new PadAndCrop(new ImagePreprocessing { ImageSize = 32, ResizeSize = 32, Mean = [0, 0, 0] });
        byte[] target = new byte[32 * 32 * 3];

        int[] places = [.. Enumerable.Range(0, 2000).Select(seed =>
        {
            crop.Process(image, new Random(Seed.Of(seed, 0)), target);
            return Array.IndexOf(target, (byte)255) / 3;
        })];

        Assert.Equal(81, places.Distinct().Count());
        Assert.All(places, place => Assert.True(place % 32 is >= 12 and <= 20 && place / 32 is >= 12 and <= 20));
    }

    [Fact]
    public void Process_Border_IsNearlyZeroAfterNormalization()
    {
        var preprocessing = new ImagePreprocessing { ImageSize = 32, ResizeSize = 32 };

        byte[] color = MeanColor.Of(preprocessing);

        Assert.All(color.Zip(preprocessing.Mean, preprocessing.StandardDeviation), t => Assert.InRange(((t.First / 255.0) - t.Second) / t.Third, -0.01, 0.01));
    }
}
