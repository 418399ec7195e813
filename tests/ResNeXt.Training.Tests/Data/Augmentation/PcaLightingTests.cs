using ResNeXt.MLNet;

namespace ResNeXt.Training.Tests;

public sealed class PcaLightingTests
{
    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0.1, -0.2, 0.05)]
    [InlineData(-0.31, 0.4, 1.5)]
    public void Apply_Multiples_EqualTheFormula(double first, double second, double third)
    {
        GoldenPicture image = Golden.Wide;

        PcaLighting.Apply(image.Pixels, [first, second, third]);

        Golden.AssertEqual($"lighting {first} {second} {third}", image.Pixels);
    }
}
