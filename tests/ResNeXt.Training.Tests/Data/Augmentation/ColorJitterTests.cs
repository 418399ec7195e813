using ResNeXt.MLNet;

namespace ResNeXt.Training.Tests;

public sealed class ColorJitterTests
{
    [Theory]
    [InlineData("0123")]
    [InlineData("3102")]
    [InlineData("2310")]
    public void Apply_Order_EqualsTorchvision(string order)
    {
        GoldenPicture image = Golden.Wide;

        ColorJitter.Apply(image.Pixels, [.. order.Select(digit => digit - '0')], 1.3, 0.7, 1.2, -0.08);

        Golden.AssertEqual($"jitter {order}", image.Pixels);
    }

    [Fact]
    public void Apply_NoStrength_ChangesNothing()
    {
        GoldenPicture image = Golden.Wide;

        default(ColorJitter).Apply(image.Pixels, new Random(0));

        Assert.Equal(Golden.Wide.Pixels, image.Pixels);
    }

    [Fact]
    public void Apply_Brightness_DrawsFactorsWithinItsStrength()
    {
        var random = new Random(0);
        for (int i = 0; i < 200; i++)
        {
            byte[] pixel = [100, 100, 100];
            new ColorJitter(Brightness: 0.4).Apply(pixel, random);
            Assert.All(pixel, value => Assert.InRange(value, 60, 140));
        }
    }
}
