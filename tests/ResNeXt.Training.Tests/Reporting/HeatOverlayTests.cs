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
}
