namespace ResNeXt.Training.Tests;

/// <summary>Epochs and predictions by hand.</summary>
internal static class Rows
{
    public static EpochMetrics Epoch(int epoch, double? trainTop1 = 0.5) => new()
    {
        Epoch = epoch,
        Epochs = 3,
        LearningRate = 0.1 / epoch,
        TrainLoss = 2.0 / epoch,
        TrainTop1 = trainTop1,
        ValLoss = 2.5 / epoch,
        ValTop1 = 0.25 * epoch,
        ValTop5 = 1,
        ImagesPerSecond = 100.5,
        DataWait = 0.02,
        MemoryMB = 512.3,
        Seconds = 7.25,
        Ended = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000 + (epoch * 500)),
    };

    public static CheckpointInfo Info(IReadOnlyList<string> labels, params EpochMetrics[] history) => new()
    {
        Architecture = "resnext50_32x4d",
        Labels = labels,
        Preprocessing = new MLNet.ImagePreprocessing(),
        Epoch = history.Length,
        BestEpoch = 1,
        BestTop1 = 0.25,
        Settings = new Dictionary<string, string> { ["batch size"] = "32" },
        History = history,
    };

    /// <summary>Images by their class and the probabilities of all classes.</summary>
    public static Predictions Predictions(params (int Label, double[] Probabilities)[] images)
    {
        var predictions = new Predictions(images[0].Probabilities.Length);
        foreach ((int label, double[] probabilities) in images)
        {
            predictions.Add([.. probabilities.Select(p => (float)Math.Log(p))], label);
        }

        return predictions;
    }
}
