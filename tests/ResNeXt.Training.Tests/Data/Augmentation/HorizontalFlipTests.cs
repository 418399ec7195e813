using ResNeXt.MLNet;

namespace ResNeXt.Training.Tests;

public sealed class HorizontalFlipTests
{
    [Fact]
    public void Apply_Picture_EqualsTorchvision()
    {
        GoldenPicture image = Golden.Wide;

        HorizontalFlip.Apply(image.Pixels, image.Width);

        Golden.AssertEqual($"flip", image.Pixels);
    }
}
