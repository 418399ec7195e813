namespace ResNeXt.Training.Tests;

public sealed class TimeLeftTests
{
    /// <summary>A run resumed in epoch 3 of 4, of 10 steps each: the steps of before took none of this time.</summary>
    [Fact]
    public void After_ResumedRun_GoesByTheStepsOfThisProcess()
    {
        TimeSpan elapsed = TimeSpan.Zero;
        var left = new TimeLeft(() => elapsed);

        Assert.Null(left.After(Step(3, 1)));
        elapsed = TimeSpan.FromSeconds(8);
        Assert.Equal(TimeSpan.FromSeconds(30), left.After(Step(3, 5))); // 4 steps in 8 s, 15 to go
        elapsed = TimeSpan.FromSeconds(40);
        Assert.Equal(TimeSpan.Zero, left.After(Step(4, 10)));
    }

    private static TrainProgress Step(int epoch, int step) => new() { Epoch = epoch, Epochs = 4, Step = step, Steps = 10, Loss = 1, LearningRate = 1, ImagesPerSecond = 1 };
}
