using System.Diagnostics;
using ResNeXt.MLNet;
using ResNeXt.Training;

namespace ResNeXt.Benchmarks;

/// <summary>The embedded network fine-tuned by the defaults, and the same from scratch, each in at most a quarter of an hour.</summary>
internal static class TransferTraining
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);
    private static readonly int[] Seeds = [1, 2, 3];

    public static IEnumerable<string> Table(IReadOnlyList<TransferSet> sets)
    {
        WeightsDescription embedded = WeightsDescription.Of(EmbeddedWeights.Name);
        return
        [
            $"Trained with the defaults and no other option, {Seeds.Length} seeds: mean and standard deviation of the test photos that are right, and the",
            $"minutes of a run. A fifth of the training photos chooses the epoch; a run is stopped after {Limit.Minutes} minutes, and its best epoch counts.",
            "",
            .. TransferTable.Head("way", sets),
            Row("fine-tuned from the embedded weights", (set, folder, seed) => new TrainOptions
            {
                Data = set.Training,
                Out = folder,
                Seed = seed,
                Weights = EmbeddedWeights.Name,
            }),
            Row("the same network from scratch", (set, folder, seed) => new TrainOptions
            {
                Data = set.Training,
                Out = folder,
                Seed = seed,
                Architecture = embedded.Architecture.Name,
                ImageSize = embedded.Preprocessing.ImageSize,
                Resize = embedded.Preprocessing.ResizeSize,
            }),
        ];

        string Row(string way, Func<TransferSet, string, int, TrainOptions> options) => TransferTable.Row(way, sets.Select(set =>
        {
            (double Top1, TimeSpan Time)[] runs = [.. Seeds.Select(seed => Run(set, folder => options(set, folder, seed)))];
            (double mean, double deviation) = Spread.Of([.. runs.Select(run => run.Top1)]);
            string cell = FormattableString.Invariant($"{mean * 100:F1} ± {deviation * 100:F1} %, {runs.Average(run => run.Time.TotalMinutes):F1} min");
            Console.WriteLine($"{way}, {set.Name}: {cell}");
            return cell;
        }));
    }

    private static (double Top1, TimeSpan Time) Run(TransferSet set, Func<string, TrainOptions> options)
    {
        using var folder = new TemporaryFolder();
        using var limit = new CancellationTokenSource(Limit);
        long start = Stopwatch.GetTimestamp();
        try
        {
            new Trainer(options(folder.Path)).Run(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // The best epoch so far was exported.
        }

        TimeSpan time = Stopwatch.GetElapsedTime(start);
        using ResNeXtModel model = ResNeXtModel.Load(folder["model.onnx"], ExecutionDevice.Cpu);
        return (Evaluator.Evaluate(model, set.Test, _ => { }, (_, _) => { }, CancellationToken.None).Top1, time);
    }
}
