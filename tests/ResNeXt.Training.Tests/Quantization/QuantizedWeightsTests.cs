using CsCheck;
using ResNeXt.Tests;

namespace ResNeXt.Training.Tests;

public sealed class QuantizedWeightsTests
{
    [Theory]
    [InlineData(8, 127)]
    [InlineData(7, 63)]
    public void Of_AnyWeights_StayInTheirBitsAndWithinHalfAStep(int bits, int largest) =>
        Gen.Float[-3, 3].Array[12].ForAll("0000wEiG1234", weights =>
        {
            var quantized = QuantizedWeights.Of(weights, 3, bits, new float[3]);

            Assert.All(quantized.Values, value => Assert.InRange(value, -largest, largest));
            for (int i = 0; i < weights.Length; i++)
            {
                float scale = quantized.Scales[i / 4];
                Assert.Equal(weights[i], quantized.Values[i] * scale, scale * 0.5001f);
            }
        });

    [Fact]
    public void Of_ChannelOfZeros_StaysZero()
    {
        var quantized = QuantizedWeights.Of([0, 0, 1, -1], 2, 8, [0, 0]);

        Assert.Equal([0, 0, 127, -127], quantized.Values);
    }
}
