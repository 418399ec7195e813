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

    [Fact]
    public void FromProperties_UnknownOrientation_IsRefused()
    {
        Dictionary<string, string> properties = Properties(ImageOrientation.Apply);
        properties["resnext.orientation"] = "sideways";
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => ResNeXtMetadata.FromProperties(properties, "m.onnx"));
        Assert.Contains("'sideways', expected apply or ignore", error.Message, StringComparison.Ordinal);
    }

    private static Dictionary<string, string> Properties(ImageOrientation orientation) => new(new ResNeXtMetadata
    {
        Architecture = "resnext14_8x4d",
        Preprocessing = new ImagePreprocessing { Orientation = orientation },
        Labels = ["ant", "bee"],
        FeatureWidth = 8,
    }.ToProperties());
}
