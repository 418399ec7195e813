using ResNeXt.MLNet;

namespace ResNeXt.Training.Tests;

public sealed class ColorAdjustmentTests
{
    public static TheoryData<double> Factors => [0, 0.4, 0.873, 1, 1.37, 2.5];

    [Theory, MemberData(nameof(Factors))]
    public void Brightness_Picture_EqualsTorchvision(double factor)
    {
        GoldenPicture image = Golden.Wide;
        ColorAdjustment.Brightness(image.Pixels, factor);
        Golden.AssertEqual($"brightness {factor}", image.Pixels);
    }

    [Theory, MemberData(nameof(Factors))]
    public void Contrast_Picture_EqualsTorchvision(double factor)
    {
        GoldenPicture image = Golden.Wide;
        ColorAdjustment.Contrast(image.Pixels, factor);
        Golden.AssertEqual($"contrast {factor}", image.Pixels);
    }

    [Theory, MemberData(nameof(Factors))]
    public void Saturation_Picture_EqualsTorchvision(double factor)
    {
        GoldenPicture image = Golden.Wide;
        ColorAdjustment.Saturation(image.Pixels, factor);
        Golden.AssertEqual($"saturation {factor}", image.Pixels);
    }

    [Theory]
    [InlineData(-0.5)]
    [InlineData(-0.21)]
    [InlineData(-0.003)]
    [InlineData(0)]
    [InlineData(0.1)]
    [InlineData(0.5)]
    public void Hue_Picture_EqualsTorchvision(double factor)
    {
        GoldenPicture image = Golden.Wide;
        ColorAdjustment.Hue(image.Pixels, factor);
        Golden.AssertEqual($"hue {factor}", image.Pixels);
    }

    [Fact]
    public void Hue_EveryColour_EqualsTorchvision()
    {
        byte[] cube = new byte[256 * 256 * 256 * 3];
        for (int color = 0; color < 1 << 24; color++)
        {
            (cube[color * 3], cube[(color * 3) + 1], cube[(color * 3) + 2]) = ((byte)(color >> 16), (byte)(color >> 8), (byte)color);
        }

        ColorAdjustment.Hue(cube, 0.1);

        Golden.AssertEqual($"hue of every colour 0.1", cube);
    }
}
