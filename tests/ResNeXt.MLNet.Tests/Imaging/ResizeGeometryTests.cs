using CsCheck;

namespace ResNeXt.MLNet.Tests;

public class ResizeGeometryTests
{
    // Expected sizes: torchvision.transforms.functional._compute_resized_output_size.
    [Theory]
    [InlineData(256, 500, 375, 341, 256)]
    [InlineData(256, 375, 500, 256, 341)]
    [InlineData(256, 256, 256, 256, 256)]
    [InlineData(256, 1, 1, 256, 256)]
    [InlineData(232, 640, 427, 347, 232)]
    [InlineData(32, 1, 40, 32, 1280)]
    [InlineData(7, 400, 20, 140, 7)]
    public void ShorterSideTo_AnyShape_EqualsTorchvision(int edge, int width, int height, int resizedWidth, int resizedHeight)
    {
        Assert.Equal((resizedWidth, resizedHeight), ResizeGeometry.ShorterSideTo(edge, width, height));
    }

    [Fact]
    public void ShorterSideTo_LongerSideBeyondInt_IsRefused()
    {
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => ResizeGeometry.ShorterSideTo(8192, 1, 100_000_000));

        Assert.Contains("1 x 100000000 pixels", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(256, 511, 511, 1)]
    [InlineData(256, 512, 4000, 2)]
    [InlineData(256, 4000, 1024, 4)]
    [InlineData(256, 30000, 30000, 8)]
    [InlineData(256, 100, 9, 1)]
    public void JpegScale_AnyShape_LeavesTheShorterSideLongEnough(int shorterSide, int width, int height, int scale) =>
        Assert.Equal(scale, ResizeGeometry.JpegScale(shorterSide, width, height));

    [Fact]
    public void BothSidesTo_TooLong_IsRefused()
    {
        Assert.Equal((256, 256), ResizeGeometry.BothSidesTo(256, 65_535, 1));
        Assert.Contains("1 x 2000000 pixels", Assert.Throws<InvalidDataException>(() => ResizeGeometry.BothSidesTo(256, 1, 2_000_000)).Message, StringComparison.Ordinal);
    }

    // Python's round: halves to even.
    [Theory]
    [InlineData(341, 224, 58)] // 58.5
    [InlineData(343, 224, 60)] // 59.5
    [InlineData(256, 224, 16)]
    [InlineData(224, 224, 0)]
    [InlineData(225, 224, 0)] // 0.5
    [InlineData(227, 224, 2)] // 1.5
    public void CenterCropOffset_AnyLength_RoundsHalvesToEven(int length, int crop, int offset)
    {
        Assert.Equal(offset, ResizeGeometry.CenterCropOffset(length, crop));
    }

    [Fact]
    public void CenterCropOffset_CropFits_StaysInside()
    {
        Gen.Select(Gen.Int[1, 5000], Gen.Int[0, 5000]).ForAll("0000000000001", value =>
        {
            var (crop, more) = value;
            int offset = ResizeGeometry.CenterCropOffset(crop + more, crop);
            Assert.InRange(offset, 0, more);
        });
    }
}
