using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training.Tests;

public sealed class ClassWeightsTests
{
    private static readonly DataSplit Data = new(["a", "b", "none"], [.. Enumerable.Range(0, 10).Select(i => new Sample($"{i}.jpg", i < 8 ? 0 : 1))], []);

    // scikit-learn's compute_class_weight("balanced"): 10 / (2 * 8), 10 / (2 * 2).
    [Fact]
    public void For_Balanced_IsScikitLearnsFormula() => Assert.Equal([0.625f, 2.5f, 1f], ClassWeights.Balanced.For(Data));

    [Fact]
    public void For_Given_IsByLabelAndOneElsewhere() => Assert.Equal([1f, 0.5f, 1f], ClassWeights.Parse("b=0.5").For(Data));

    [Fact]
    public void For_UnknownLabel_NamesIt()
    {
        Assert.Contains("'c'", Assert.Throws<InvalidDataException>(() => ClassWeights.Parse("c=2").For(Data)).Message, StringComparison.Ordinal);
        Assert.Equal([3f, 1f, 1f], ClassWeights.Parse("c=2,a=3").Among(Data.Labels).For(Data));
    }

    [Fact]
    public void Parse_ItsText_GivesTheSame()
    {
        Assert.Equal(ClassWeights.Balanced, ClassWeights.Parse("balanced"));
        Assert.Equal("b=0.25,x=y=2", ClassWeights.Parse("x=y=2,b=0.25").ToString());
        Assert.Equal(ClassWeights.Of(new Dictionary<string, double> { ["ant, red, small"] = 2, ["bee"] = 1 }), ClassWeights.Parse("ant, red, small=2,bee=1"));
        Assert.Equal(ClassWeights.Of(new Dictionary<string, double> { ["b"] = 0.25, ["a"] = 1 }), ClassWeights.Parse("a=1,b=0.25"));
    }

    [Theory]
    [InlineData("Balanced")]
    [InlineData("a=1,a=2")]
    [InlineData("=2")]
    [InlineData("a=x")]
    [InlineData("a=1,b")]
    [InlineData("a")]
    public void Parse_Nonsense_SaysWhatIsExpected(string text) =>
        Assert.Contains("expected balanced", Assert.Throws<FormatException>(() => ClassWeights.Parse(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("a=0")]
    [InlineData("a=-1")]
    [InlineData("a=NaN")]
    [InlineData("a=Infinity")]
    public void Parse_NotAboveZero_NamesTheLabel(string text) =>
        Assert.Contains("class 'a'", Assert.Throws<ArgumentException>(() => ClassWeights.Parse(text)).Message, StringComparison.Ordinal);

    /// <summary>The sum of weighted losses over the sum of weights, also where images are mixed.</summary>
    [Fact]
    public void Loss_OfAMixedBatch_IsTheWeightedMean()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = tensor(new float[] { 1, 2, 0, 3 }, 2, 2), labels = tensor(new long[] { 0, 1 }), weights = tensor(new float[] { 1, 3 });
        float[] losses = [Loss(logits[0], 0), Loss(logits[1], 1), Loss(logits[0], 1), Loss(logits[1], 0)];

        Assert.Equal(
            (0.7 * (losses[0] + (3 * losses[1])) / 4) + (0.3 * ((3 * losses[2]) + losses[3]) / 4),
            new BatchMix(0.7, null).Loss(logits, labels, 0, weights).item<float>(),
            1e-6);

        static float Loss(Tensor row, long label) => nn.functional.cross_entropy(row.unsqueeze(0), tensor(new[] { label })).item<float>();
    }
}
