using System.Diagnostics;
using ResNeXt.MLNet;
using ResNeXt.Training;
using static TorchSharp.torch;

namespace ResNeXt.Benchmarks;

/// <summary>How long the trainer waits for images: an epoch as it makes them, from files to updated weights.</summary>
internal static class LoadingBenchmark
{
    private const int Images = 96;

    private static readonly (string Architecture, int ImageSize, int BatchSize)[] Cases = [("resnext50_32x4d", 224, 16), ("resnext14_8x4d", 224, 16), ("resnext14_8x4d", 96, 32)];

    /// <param name="directory">Photos, a folder for each class.</param>
    /// <param name="file">Receives the table.</param>
    public static void Run(string directory, string file)
    {
        TorchLibrary.Load();
        HeapMemory.KeepFreed();
        var table = new List<string> { "| network | pixels | batch | images/s | share of the time without a batch |", "|---|---|---|---|---|" };
        foreach ((string architecture, int imageSize, int batchSize) in Cases)
        {
            (double rate, double share) = Measure(directory, architecture, imageSize, batchSize);
            table.Add(FormattableString.Invariant($"| {architecture} | {imageSize} | {batchSize} | {rate:F1} | {share:P1} |"));
            Console.WriteLine(table[^1]);
        }

        BenchmarkReport.Write(file, "Training: waiting for images", $"loading {Path.GetFileName(Path.TrimEndingDirectorySeparator(directory))}", table);
    }

    private static (double Rate, double Share) Measure(string directory, string name, int imageSize, int batchSize)
    {
        var options = new TrainOptions { Data = ImageFolder.Enumerate(directory), Out = "", Architecture = name, ImageSize = imageSize, BatchSize = batchSize };
        DataSplit data = DataSplit.Of(options);
        data = data with { Training = [.. data.Training.Take(Images)] };
        using TrainingState state = TrainingState.Begin(options, data, folder: null, CPU, log: null);
        ImagePreprocessing preprocessing = state.Info.Preprocessing;
        var loader = new BatchLoader(data.Training, preprocessing, batchSize, Augmentation.Of(state.Options, preprocessing));
        using var normalization = new PixelNormalization(preprocessing, CPU);
        var step = new TrainingStep(state.Module, state.Optimizer, average: null, normalization, state.Options);
        using var running = new RunningMetrics(deferred: false);
        state.Train();
        var all = Stopwatch.StartNew();
        var waiting = new Stopwatch();
        foreach ((int update, LabeledBatch batch) in loader.Epoch(1, default).Watched(waiting).Index())
        {
            step.Backward(batch, running);
            step.Update(0.01, update);
        }

        return (data.Training.Count / all.Elapsed.TotalSeconds, waiting.Elapsed / all.Elapsed);
    }
}
