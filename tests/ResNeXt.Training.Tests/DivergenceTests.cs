namespace ResNeXt.Training.Tests;

public sealed class DivergenceTests
{
    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Refuse_NoNumber_AdvisesAndSaysWhatIsSaved(double loss)
    {
        string message = Assert.Throws<InvalidOperationException>(() => Divergence.Refuse(loss, At(epoch: 3), largestRate: 0.4)).Message;

        Assert.Contains("epoch 3, step 17", message, StringComparison.Ordinal);
        Assert.Contains("--lr 0.04", message, StringComparison.Ordinal);
        Assert.Contains("--warmup-epochs", message, StringComparison.Ordinal);
        Assert.Contains("best.safetensors", message, StringComparison.Ordinal);
        Assert.DoesNotContain("best.safetensors", Assert.Throws<InvalidOperationException>(() => Divergence.Refuse(loss, At(epoch: 1), largestRate: 0.4)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuse_Number_IsFine() => Divergence.Refuse(1e30, At(epoch: 1), largestRate: 0.4);

    private static TrainProgress At(int epoch) => new() { Epoch = epoch, Epochs = 9, Step = 17, Steps = 20, Loss = 1, LearningRate = 0.5, ImagesPerSecond = 1 };
}
