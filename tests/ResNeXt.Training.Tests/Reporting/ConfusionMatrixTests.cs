namespace ResNeXt.Training.Tests;

public sealed class ConfusionMatrixTests
{
    // True classes 0 0 0 1 1, taken for 0 0 1 1 0; class 2 never comes up.
    private static readonly ConfusionMatrix Matrix = ConfusionMatrix.Of(Rows.Predictions(
        (0, [0.8, 0.1, 0.1]), (0, [0.6, 0.3, 0.1]), (0, [0.2, 0.7, 0.1]), (1, [0.1, 0.8, 0.1]), (1, [0.5, 0.4, 0.1])));

    [Fact]
    public void Counts_ByHand_AreRight()
    {
        Assert.Equal((2, 1, 1, 1, 0), (Matrix[0, 0], Matrix[0, 1], Matrix[1, 0], Matrix[1, 1], Matrix[2, 2]));
        Assert.Equal((3, 2, 0), (Matrix.Support(0), Matrix.Support(1), Matrix.Support(2)));
        Assert.Equal((3, 2, 0), (Matrix.PredictedCount(0), Matrix.PredictedCount(1), Matrix.PredictedCount(2)));
    }

    [Fact]
    public void Score_ByHand_IsRight()
    {
        ClassScore first = Matrix.Score(0), second = Matrix.Score(1);

        Assert.Equal((2.0 / 3, 2.0 / 3), (first.Precision, first.Recall));
        Assert.Equal(2.0 / 3, first.F1, 12);
        Assert.Equal((0.5, 0.5, 0.5), (second.Precision, second.Recall, second.F1));
    }

    [Fact]
    public void Score_ClassWithoutImages_IsNotANumber() => Assert.True(double.IsNaN(Matrix.Score(2).F1));

    /// <summary>scikit-learn's f1_score(["a"] * 47, ["a"] * 39 + ["b"] * 8, average="macro"): b has no image, and was an answer.</summary>
    [Fact]
    public void MacroF1_AnswersOfAClassWithoutImages_CountAsZero()
    {
        var matrix = new ConfusionMatrix(3);
        for (int i = 0; i < 47; i++)
        {
            matrix.Add(0, i < 39 ? 0 : 1);
        }

        Assert.Equal(0.4534883720930233, matrix.MacroF1, 15);
    }

    [Fact]
    public void Score_NothingRight_IsZero() =>
        Assert.Equal(0, ConfusionMatrix.Of(Rows.Predictions((0, [0.1, 0.9]), (1, [0.1, 0.9]))).Score(0).F1);

    [Fact]
    public void ConfusedPairs_ByHand_AreInOrder()
    {
        var matrix = ConfusionMatrix.Of(Rows.Predictions((1, [0.8, 0.2]), (0, [0.2, 0.8]), (1, [0.9, 0.1]), (0, [0.9, 0.1])));

        Assert.Equal([(1, 0, 2), (0, 1, 1)], matrix.ConfusedPairs());
    }
}
