using System.Diagnostics;
using Microsoft.ML;
using ResNeXt.MLNet;

namespace ResNeXt.Benchmarks;

/// <summary>
/// Sixty-four callers, each asking for the next photo as soon as it has an answer: one lock around a PredictionEngine, a BatchingPredictor,
/// and as the ceiling the network alone on full batches of ready pixels. The three in turn, medians.
/// </summary>
internal static class BatchingBenchmark
{
    private const int Callers = 64, Rounds = 3;
    private static readonly TimeSpan RoundTime = TimeSpan.FromSeconds(12);

    public static void Run(string modelFile, string directory, string file)
    {
        string[] paths = [.. ImageFolder.Files(directory)];
        using PredictionEngine<PhotoRow, ScoreRow> engine = PhotoRow.Engine(modelFile);
        using ResNeXtPredictor predictor = ResNeXtPredictor.Load(modelFile, ExecutionDevice.Cpu);
        var gate = new Lock();
        var options = new BatchingPredictorOptions();
        var full = new TensorBatch(options.MaxBatchSize, predictor.Metadata.Preprocessing.ImageSize);
        var rounds = new List<(Result Locked, Result Batched, double Network)>();
        for (int round = -1; round < Rounds; round++)
        {
            TimeSpan time = round < 0 ? RoundTime / 4 : RoundTime; // the first warms up
            Result locked = Ask(time, path =>
            {
                lock (gate)
                {
                    engine.Predict(new PhotoRow { ImagePath = path });
                }
            });
            var batching = new BatchingPredictor(predictor, options);
            Result batched = Ask(time, path => batching.PredictAsync(path).GetAwaiter().GetResult());
            batching.DisposeAsync().AsTask().Wait();
            double network = Network(time / 2);
            if (round >= 0)
            {
                rounds.Add((locked, batched, network));
            }
        }

        double Median(Func<(Result Locked, Result Batched, double Network), double> of) => rounds.Select(of).Order().ElementAt(Rounds / 2);
        string[] table =
        [
            $"{predictor.Metadata.Architecture}, {predictor.Metadata.Preprocessing.ImageSize} px, {paths.Length} photos, {Callers} callers, batches of at most {options.MaxBatchSize}.",
            "",
            "| | images/s | median of the ratios to the first row | p50 ms | p99 ms |",
            "|---|---|---|---|---|",
            FormattableString.Invariant($"| one lock around a `PredictionEngine` | {Median(r => r.Locked.Rate):F1} | 1.00 | {Median(r => r.Locked.P50):F0} | {Median(r => r.Locked.P99):F0} |"),
            FormattableString.Invariant($"| `BatchingPredictor` | {Median(r => r.Batched.Rate):F1} | {Median(r => r.Batched.Rate / r.Locked.Rate):F2} | {Median(r => r.Batched.P50):F0} | {Median(r => r.Batched.P99):F0} |"),
            FormattableString.Invariant($"| the network alone, nothing decoded (the ceiling) | {Median(r => r.Network):F1} | {Median(r => r.Network / r.Locked.Rate):F2} | | |"),
        ];
        Array.ForEach(table, Console.WriteLine);
        BenchmarkReport.Write(file, "Micro-batching for many callers", $"batching {Path.GetFileName(modelFile)} {Path.GetFileName(Path.TrimEndingDirectorySeparator(directory))}", table);

        Result Ask(TimeSpan time, Action<string> predict)
        {
            int next = -1;
            var clock = Stopwatch.StartNew();
            Task<List<double>>[] callers = [.. Enumerable.Range(0, Callers).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    var milliseconds = new List<double>();
                    while (clock.Elapsed < time)
                    {
                        long start = Stopwatch.GetTimestamp();
                        predict(paths[Interlocked.Increment(ref next) % paths.Length]);
                        milliseconds.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                    }

                    return milliseconds;
                },
                TaskCreationOptions.LongRunning))];
            double[] all = [.. callers.SelectMany(caller => caller.Result).Order()];
            return new Result(all.Length / clock.Elapsed.TotalSeconds, all[all.Length / 2], all[all.Length * 99 / 100]);
        }

        double Network(TimeSpan time)
        {
            int count = 0;
            var clock = Stopwatch.StartNew();
            for (; clock.Elapsed < time; count += full.Capacity)
            {
                predictor.Score(full, full.Capacity);
            }

            return count / clock.Elapsed.TotalSeconds;
        }
    }

    private sealed record Result(double Rate, double P50, double P99);
}
