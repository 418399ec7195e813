using ResNeXt.MLNet;

namespace ResNeXt.Training.Tests;

public sealed class WeightsDescriptionTests(Shapes shapes)
{
    public static TheoryData<string> Architectures => [.. ResNeXtArchitecture.Known, "resnext50_1x128d", "resnext14_2x4d", "resnext26_32x4d", "resnext101_1x100d", "resnext20_8x16d_cifar", "resnext11_8x8d", "resnext20_8x8d_small"];

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Of_ShapesAlone_TellTheArchitecture(string name)
    {
        WeightsDescription description = WeightsDescription.Of(Save(WeightsFiles.ShapesOf(ResNeXtArchitecture.Parse(name))));

        Assert.Equal((name, 7), (description.Architecture.Name, description.Classes));
    }

    [Fact]
    public void Of_NoHead_HasNoClasses()
    {
        Dictionary<string, long[]> tensors = WeightsFiles.ShapesOf(ResNeXtArchitecture.Parse("resnext14_2x4d"));
        tensors.Remove("fc.weight");

        Assert.Null(WeightsDescription.Of(Save(tensors)).Classes);
    }

    [Theory]
    [InlineData("resnext101_32x4d", "resnext50_32x4d")]
    [InlineData("resnext50_32x4d", "resnet50")]
    [InlineData("resnext29_8x64d_cifar", "resnext29_16x64d_cifar")]
    public void Of_ContradictingArchitecture_NamesBoth(string held, string asked)
    {
        string path = Save(WeightsFiles.ShapesOf(ResNeXtArchitecture.Parse(held)));

        string message = Assert.Throws<InvalidDataException>(() => WeightsDescription.Of(path, asked)).Message;

        Assert.Equal($"Architecture '{asked}' is asked for, but '{path}' holds '{held}'.", message);
    }

    [Theory]
    [InlineData("resnext50_32x4d", "resnext101_32x4d")]
    [InlineData("resnext11_8x8d", "resnext20_8x8d_small")]
    [InlineData("resnext20_8x8d_small", "resnext29_16x8d_small")]
    public void Of_SmallerNetworksWeights_AreTakenWhereTheyMayBe(string held, string asked)
    {
        string path = Save(WeightsFiles.ShapesOf(ResNeXtArchitecture.Parse(held)));

        WeightsDescription description = WeightsDescription.Of(path, asked, larger: true);

        Assert.Equal((asked, held), (description.Architecture.Name, description.Smaller?.Name));
        Assert.Throws<InvalidDataException>(() => WeightsDescription.Of(path, asked));
    }

    [Theory]
    [InlineData("resnext101_32x4d", "resnext50_32x4d")] // shallower
    [InlineData("resnext50_32x4d", "resnext101_32x8d")] // wider paths
    [InlineData("resnext50_32x4d", "resnext101_16x4d")] // fewer paths
    [InlineData("resnext20_8x8d_small", "resnext26_8x8d")] // a stage more
    [InlineData("resnext11_8x8d", "resnext20_8x8d_cifar")] // another stem
    public void Of_WeightsThatAreNoPartOfTheNetwork_AreRefused(string held, string asked)
    {
        string path = Save(WeightsFiles.ShapesOf(ResNeXtArchitecture.Parse(held)));

        Assert.Throws<InvalidDataException>(() => WeightsDescription.Of(path, asked, larger: true));
    }

    [Fact]
    public void Of_OtherNameOfTheSameNetwork_IsTaken() => Assert.Equal(
        "resnext50_1x64d", WeightsDescription.Of(Save(WeightsFiles.ShapesOf(ResNeXtArchitecture.Parse("resnet50"))), "resnext50_1x64d").Architecture.Name);

    [Theory]
    [InlineData("-conv1.weight +conv1.0.weight 32 3 3 3", "several convolutions ('conv1.0.weight')")] // resnext50d
    [InlineData("-conv1.weight", "'conv1.weight' is missing")]
    [InlineData("+conv1.weight 32 3 3 3", "is [32, 3, 3, 3], expected [64, 3, 7, 7]")]
    [InlineData("-layer1.0.conv3.weight", "as those of ResNet-18 and ResNet-34")]
    [InlineData("-layer1.0.conv2.weight", "'layer1.0.conv2.weight' is missing")]
    [InlineData("+layer1.0.conv2.weight 12 0 3 3", "is [12, 0, 3, 3], expected [C * d, d, 3, 3]")]
    [InlineData("+layer1.0.se.fc1.weight 8 256 1 1", "'layer1.0.se.fc1.weight' is no part of its blocks")]
    [InlineData("+layer2.0.downsample.2.weight 512", "'layer2.0.downsample.2.weight' is no part of its blocks")]
    [InlineData("+layer4.3.conv1.weight 1024 2048 1 1", "3, 4, 6, 4 blocks, expected 5, 4, 4, 4")]
    [InlineData("+conv1.weight 64 3 3 3", "3, 4, 6, 3 blocks: Architecture 'resnext50_32x4d_cifar'")]
    public void Of_OtherFamily_SaysWhatDoesNotFit(string change, string mention)
    {
        Dictionary<string, long[]> tensors = WeightsFiles.ShapesOf(ResNeXtArchitecture.Parse("resnext50_32x4d"));
        string[] parts = change.Split(' ');
        if (parts[0][0] == '-')
        {
            tensors.Remove(parts[0][1..]);
            parts = parts[1..];
        }

        if (parts.Length > 0)
        {
            tensors[parts[0][1..]] = [.. parts[1..].Select(long.Parse)];
        }

        string path = Save(tensors);

        string message = Assert.Throws<InvalidDataException>(() => WeightsDescription.Of(path)).Message;

        Assert.Contains(path, message, StringComparison.Ordinal);
        Assert.Contains(mention, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_PublishedWeights_AreImageNetsAndThePreprocessingIsTheirs()
    {
        PublishedWeights published = PublishedWeights.Find("resnext50_32x4d.tv2_in1k")!;
        var description = new WeightsDescription("x.pth", ResNeXtArchitecture.Parse("resnext50_32x4d"), 1000, Info: null, published);

        Assert.Equal(("tench", 1000), (description.Labels![0], description.Labels.Count));
        Assert.Equal(232, description.Preprocessing.ResizeSize);
        Assert.Null((description with { Classes = 7 }).Labels);
    }

    private string Save(Dictionary<string, long[]> tensors) => WeightsFiles.SaveShapes(shapes.NewPath(".safetensors"), tensors);
}
