using ResNeXt.MLNet;

namespace ResNeXt.Training.Tests;

public sealed class SharpnessTests
{
    [Theory, MemberData(nameof(ColorAdjustmentTests.Factors), MemberType = typeof(ColorAdjustmentTests))]
    public void Apply_Picture_EqualsTorchvision(double factor)
    {
        GoldenPicture image = Golden.Wide;
        byte[] target = new byte[image.Pixels.Length];

        Sharpness.Apply(image.Pixels, image.Width, factor, target);

        Golden.AssertEqual($"sharpness {factor}", target);
    }
}
