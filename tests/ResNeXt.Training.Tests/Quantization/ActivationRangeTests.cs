using CsCheck;
using ResNeXt.Tests;

namespace ResNeXt.Training.Tests;

public sealed class ActivationRangeTests
{
    [Fact]
    public void Rounded_AnyRange_HoldsZeroExactlyAndTheRestToHalfAStep() =>
        Gen.Select(Gen.Double[-50, 10], Gen.Double[0.01, 60], Gen.Double[0, 1]).ForAll("0000aBcD1234", sample =>
        {
            (double min, double length, double share) = sample;
            var range = new ActivationRange(min, min + length);
            double value = range.Min + (share * (range.Max - range.Min));

            Assert.Equal(0, range.Rounded(0));
            Assert.Equal(value, range.Rounded(value), range.Scale * 1.0001); // half a step, and half a step that zero was moved by
        });

    [Fact]
    public void Rounded_OutsideTheRange_IsClipped()
    {
        var range = new ActivationRange(-1, 3);

        Assert.Equal(3, range.Rounded(1000), 0.02);
        Assert.Equal(-1, range.Rounded(-1000), 0.02);
    }

    [Fact]
    public void Constructor_OnlyZeros_HasAScale() => Assert.Equal((1f, (byte)0), (new ActivationRange(0, 0).Scale, new ActivationRange(0, 0).ZeroPoint));

    [Theory]
    [InlineData(2, 5, 0)]
    [InlineData(-5, -2, 255)]
    public void Constructor_OneSign_StillHoldsZero(double min, double max, byte zero) => Assert.Equal(zero, new ActivationRange(min, max).ZeroPoint);
}
