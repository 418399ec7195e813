namespace ResNeXt.MLNet.Tests;

public class ResNeXtMetadataTests
{
    [Theory]
    [InlineData(ImageOrientation.Apply)]
    [InlineData(ImageOrientation.Ignore)]
    public void FromProperties_OfToProperties_KeepsTheOrientation(ImageOrientation orientation) =>
        Assert.Equal(orientation, ResNeXtMetadata.FromProperties(Properties(orientation), "m.onnx").Preprocessing.Orientation);

    [Fact]
    public void FromProperties_FileOlderThanTheEntry_IgnoresOrientationAsItDidThen()
    {
        Dictionary<string, string> properties = Properties(ImageOrientation.Apply);
        properties.Remove("resnext.orientation");
        Assert.Equal(ImageOrientation.Ignore, ResNeXtMetadata.FromProperties(properties, "m.onnx").Preprocessing.Orientation);
    }

    [Theory]
    [InlineData(ImageFit.ShorterSide)]
    [InlineData(ImageFit.BothSides)]
    public void FromProperties_OfToProperties_KeepsTheFit(ImageFit fit)
    {
        Dictionary<string, string> properties = Properties(ImageOrientation.Apply, fit);
        Assert.Equal(fit, ResNeXtMetadata.FromProperties(properties, "m.onnx").Preprocessing.Fit);
        properties.Remove("resnext.fit"); // as in files older than the entry
        Assert.Equal(ImageFit.ShorterSide, ResNeXtMetadata.FromProperties(properties, "m.onnx").Preprocessing.Fit);
        properties["resnext.fit"] = "longer";
        Assert.Contains("'longer', expected shorter or both", Assert.Throws<InvalidDataException>(
            () => ResNeXtMetadata.FromProperties(properties, "m.onnx")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromProperties_UnknownOrientation_IsRefused()
    {
        Dictionary<string, string> properties = Properties(ImageOrientation.Apply);
        properties["resnext.orientation"] = "sideways";
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => ResNeXtMetadata.FromProperties(properties, "m.onnx"));
        Assert.Contains("'sideways', expected apply or ignore", error.Message, StringComparison.Ordinal);
    }

    private static Dictionary<string, string> Properties(ImageOrientation orientation, ImageFit fit = ImageFit.ShorterSide) => new(new ResNeXtMetadata
    {
        Architecture = "resnext14_8x4d",
        Preprocessing = new ImagePreprocessing { Orientation = orientation, Fit = fit },
        Labels = ["ant", "bee"],
        FeatureWidth = 8,
    }.ToProperties());
}
