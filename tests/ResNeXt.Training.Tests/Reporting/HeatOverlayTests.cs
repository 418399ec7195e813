using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training.Tests;

public sealed class HeatOverlayTests
{
    [Fact]
    public void Apply_NoHeatAndMost_IsGreyAndRed()
    {
        byte[] rgb = [10, 20, 30, 100, 100, 100];

        HeatOverlay.Apply(rgb, [0, 1]);

        // (299 * 10 + 587 * 20 + 114 * 30) / 1000 = 18.15; 100 + (255 - 100) * 0.65 = 200.75 and 100 * 0.35 = 35
        Assert.Equal([18, 18, 18, 201, 35, 35], rgb);
    }

    /// <summary>Where two convolutions of stride 2 look: place i of the last around pixel 4i, as the gradient of a single place shows.</summary>
    [Fact]
    public void Enlarged_PlaceOfTheMap_IsBrightestWhereTheNetworkLooks()
    {
        using Tensor image = zeros(1, 1, 16, 16, requires_grad: true), kernel = ones(1, 1, 3, 3);
        using Tensor map = nn.functional.conv2d(nn.functional.conv2d(image, kernel, strides: [2, 2], padding: [1, 1]), kernel, strides: [2, 2], padding: [1, 1]);
        map[0, 0, 2, 1].backward();
        float[] gradient = [.. image.grad!.data<float>()];
        float[] single = new float[16];
        single[(2 * 4) + 1] = 1;

        float[] heat = HeatOverlay.Enlarged(single, edge: 4, size: 16);

        Assert.Equal(Middle(gradient), Middle(heat));
        Assert.Equal((8, 4), Middle(heat));

        static (int Row, int Column) Middle(float[] weights) =>
            ((int)Math.Round(Enumerable.Range(0, 256).Sum(i => weights[i] * (i / 16)) / weights.Sum()), (int)Math.Round(Enumerable.Range(0, 256).Sum(i => weights[i] * (i % 16)) / weights.Sum()));
    }
}
