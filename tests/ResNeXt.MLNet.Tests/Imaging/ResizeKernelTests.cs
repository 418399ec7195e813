using CsCheck;

namespace ResNeXt.MLNet.Tests;

public class ResizeKernelTests
{
    private const int One = 1 << ResizeKernel.PrecisionBits;

    [Theory]
    [InlineData(ImageInterpolation.Bilinear)]
    [InlineData(ImageInterpolation.Bicubic)]
    internal void Weights_SameLength_PassThePixelThrough(ImageInterpolation interpolation)
    {
        var kernel = new ResizeKernel(9, 9, 0, 9, interpolation);

        Assert.All(Enumerable.Range(0, 9), i =>
        {
            int[] weights = kernel.Weights(i).ToArray();
            Assert.Equal(One, weights[i - kernel.Start(i)]);
            Assert.Equal(One, weights.Sum());
        });
    }

    [Fact]
    public void Weights_BilinearHalved_AreTheTriangle()
    {
        var kernel = new ResizeKernel(8, 4, 1, 1, ImageInterpolation.Bilinear);

        Assert.Equal(1, kernel.Start(0));
        Assert.Equal([One / 8, One * 3 / 8, One * 3 / 8, One / 8], kernel.Weights(0).ToArray());
    }

    [Fact]
    public void Weights_AnyResize_SumToOneAndStayInside()
    {
        Gen.Select(Gen.Int[1, 300], Gen.Int[1, 300], Gen.Enum<ImageInterpolation>()).ForAll("0000000000002", value =>
        {
            var (source, target, interpolation) = value;
            var kernel = new ResizeKernel(source, target, 0, target, interpolation);
            for (int i = 0; i < target; i++)
            {
                int[] weights = kernel.Weights(i).ToArray();
                // Each weight is rounded by itself: half a unit each.
                Assert.InRange(weights.Sum(), One - weights.Length, One + weights.Length);
                Assert.InRange(kernel.Start(i), kernel.SourceStart, source - weights.Length);
                Assert.True(kernel.Start(i) + weights.Length <= kernel.SourceEnd);
            }
        });
    }
}
