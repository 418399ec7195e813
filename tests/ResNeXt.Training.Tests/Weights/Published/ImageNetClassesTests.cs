using ResNeXt.MLNet;

namespace ResNeXt.Training.Tests;

public sealed class ImageNetClassesTests
{
    [Fact]
    public void Names_OfEveryClass_FitAModelsMetadata()
    {
        var metadata = new ResNeXtMetadata { Architecture = "resnext50_32x4d", Preprocessing = new ImagePreprocessing(), Labels = ImageNetClasses.Names, FeatureWidth = 2048 };

        Assert.Equal(1000, ImageNetClasses.Names.Count);
        Assert.Equal(ImageNetClasses.Names, ResNeXtMetadata.FromProperties(metadata.ToProperties(), "a model").Labels);
    }

    [Theory]
    [InlineData(0, "tench")]
    [InlineData(134, "crane bird")]
    [InlineData(264, "Cardigan")]
    [InlineData(474, "cardigan")]
    [InlineData(517, "crane")]
    [InlineData(999, "toilet tissue")]
    public void Names_Index_IsTorchvisions(int index, string name) => Assert.Equal(name, ImageNetClasses.Names[index]);
}
