using ResNeXt.MLNet;

namespace ResNeXt.Training.Tests;

public sealed class DataSplitTests
{
    private static readonly IReadOnlyList<LabeledImage> Images =
    [
        .. Enumerable.Range(0, 60).Select(i => new LabeledImage { ImagePath = $"{i}.jpg", Label = i < 40 ? "b" : i < 58 ? "a" : "c" }),
    ];

    [Fact]
    public void HoldOut_UnequalClasses_HoldsTheShareOfEach()
    {
        DataSplit split = DataSplit.HoldOut(Images, 0.25, seed: 3);

        Assert.Equal(["a", "b", "c"], split.Labels);
        Assert.Equal([4, 10, 1], Enumerable.Range(0, 3).Select(label => split.Validation.Count(sample => sample.Label == label)));
        Assert.Equal(60, split.Training.Concat(split.Validation).Select(sample => sample.Path).Distinct().Count());
    }

    [Fact]
    public void HoldOut_Seed_DecidesTheSplit()
    {
        Assert.Equal(DataSplit.HoldOut(Images, 0.25, seed: 3).Validation, DataSplit.HoldOut(Images, 0.25, seed: 3).Validation);
        Assert.NotEqual(DataSplit.HoldOut(Images, 0.25, seed: 3).Validation, DataSplit.HoldOut(Images, 0.25, seed: 4).Validation);
    }

    [Fact]
    public void HoldOut_OneImageOfAClass_NamesTheClass()
    {
        var exception = Assert.Throws<InvalidDataException>(() => DataSplit.HoldOut([.. Images.Take(59)], 0.25, seed: 3));

        Assert.Contains("'c'", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void HoldOut_GivenClasses_AreTheLabelsAndALoneImageIsTrainedOn()
    {
        DataSplit split = DataSplit.HoldOut([.. Images.Take(59)], 0.25, seed: 3, ["c", "nothing", "b", "a"]);

        Assert.Equal(["c", "nothing", "b", "a"], split.Labels);
        Assert.Equal([1, 0, 30, 14], Enumerable.Range(0, 4).Select(label => split.Training.Count(sample => sample.Label == label)));
        Assert.DoesNotContain(split.Validation, sample => sample.Label < 2);
    }

    [Fact]
    public void HoldOut_LoneImagesAlone_AsksForMore() => Assert.Contains("No class has two images", Assert.Throws<InvalidDataException>(
        () => DataSplit.HoldOut([Images[0], Images[50]], 0.25, seed: 3, ["a", "b"])).Message, StringComparison.Ordinal);

    [Fact]
    public void Given_ClassWithoutTrainingImage_NamesIt()
    {
        LabeledImage unseen = new() { ImagePath = "x.jpg", Label = "d" };

        Assert.Contains("'d'", Assert.Throws<InvalidDataException>(() => DataSplit.Given(Images, [unseen], ["a", "b", "c", "d"])).Message, StringComparison.Ordinal);
        Assert.Equal([3, 1], DataSplit.Given(Images, [Images[0], Images[50]], ["d", "a", "c", "b"]).Validation.Select(sample => sample.Label));
    }

    [Fact]
    public void Given_UnknownClassInValidation_NamesIt()
    {
        var exception = Assert.Throws<InvalidDataException>(() => DataSplit.Given(Images, [new LabeledImage { ImagePath = "x.jpg", Label = "d" }]));

        Assert.Contains("'d'", exception.Message, StringComparison.Ordinal);
    }
}
