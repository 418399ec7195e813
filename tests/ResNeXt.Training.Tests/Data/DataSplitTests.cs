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
    public void Given_UnknownClassInValidation_NamesIt()
    {
        var exception = Assert.Throws<InvalidDataException>(() => DataSplit.Given(Images, [new LabeledImage { ImagePath = "x.jpg", Label = "d" }]));

        Assert.Contains("'d'", exception.Message, StringComparison.Ordinal);
    }
}
