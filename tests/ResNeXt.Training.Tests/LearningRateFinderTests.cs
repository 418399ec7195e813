namespace ResNeXt.Training.Tests;

public sealed class LearningRateFinderTests(Shapes shapes)
{
    [Fact]
    public void Run_TwoShapes_FindsARateTwiceTheSameAndLeavesNothing()
    {
        string output = shapes.NewPath();
        TrainOptions options = shapes.Tiny(output) with { Architecture = "resnext11_2x4d_cifar", ImageSize = 16, GradAccumSteps = 2 };
        int updates = 0;

        LearningRateSweep sweep = new LearningRateFinder(options, (done, _) => updates = done).Run();

        Assert.Equal(updates, sweep.Points.Count);
        Assert.Equal(1e-7, sweep.Points[0].LearningRate, 1e-12);
        Assert.All(sweep.Points.Zip(sweep.Points.Skip(1)), pair => Assert.Equal(Math.Pow(1e8, 1 / 99.0), pair.Second.LearningRate / pair.First.LearningRate, 1e-6));
        Assert.InRange(sweep.Suggestion!.Value, 1e-4, 1);
        Assert.Equal(sweep.Points, new LearningRateFinder(options).Run().Points);
        Assert.False(Directory.Exists(output));
    }
}
