using TorchSharp;

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

    [Fact]
    public void Run_HeadThatIsSolved_SaysThatThereIsNoRate()
    {
        TrainOptions options = shapes.Tiny("") with { Architecture = null, Weights = EmbeddedWeights.Name, Trainable = TrainableLayers.Head, NoAugmentation = true };

        Assert.Contains("no learning rate", Assert.Throws<InvalidOperationException>(() => new LearningRateFinder(options).Run()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_WeightsThatAreNoNumbers_SaysSo()
    {
        string path = shapes.NewPath(".safetensors");
        using (ResNeXtModule module = new(ResNeXtArchitecture.Parse("resnext11_2x4d_cifar"), 2))
        {
            using var noGradient = torch.no_grad();
            using Scalar nan = float.NaN.ToScalar();
            module.conv1.weight!.fill_(nan);
            Checkpoint.SavePth(path, module);
        }

        TrainOptions options = shapes.Tiny("") with { Architecture = null, Weights = path, ImageSize = 16, Labels = Shapes.Labels };

        string message = Assert.Throws<InvalidOperationException>(() => new LearningRateFinder(options).Run()).Message;

        Assert.Equal("The loss is NaN before the first update: expected a number. The weights or the images are at fault, not the learning rate.", message);
    }
}
