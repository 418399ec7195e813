namespace ResNeXt.Training.Tests;

public sealed class PredictionsTests
{
    [Fact]
    public void Mistakes_Several_BeginWithTheLeastProbableTruth()
    {
        Predictions predictions = Rows.Predictions((0, [0.9, 0.1]), (0, [0.3, 0.7]), (1, [0.95, 0.05]), (0, [0.5, 0.5]));

        Assert.Equal([2, 1], predictions.Mistakes()); // of equal classes the first is predicted
        Assert.Equal(0.05, predictions.Probability(2, 1), 6);
        Assert.True(predictions.IsRight(3));
    }
}
