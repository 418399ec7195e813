using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using ResNeXt.MLNet;
using ResNeXt.Training;

namespace ResNeXt.Benchmarks;

/// <summary>
/// Which defaults fine-tuning should have: a grid of ways over sets of photos, judged by training photos that were held out. Rows go to a CSV as they come, and
/// what stands there is not run again, so the grid may be stopped, and run in slices; the table is made of all of it.
/// </summary>
internal static class FineTuningBenchmark
{
    private const string Seeds = "seeds";

    private const int DefaultSize = 64;

    /// <param name="arguments">Sets and axes in any order (AXIS=VALUE,VALUE); @FILE has some of them, one a line.</param>
    /// <param name="file">Receives the table; the CSV lies beside it.</param>
    /// <exception cref="ArgumentException">There is no set, or an axis or a value is unknown.</exception>
    public static void Run(IReadOnlyList<string> arguments, string file)
    {
        string[] all = [.. arguments.SelectMany(argument => argument.StartsWith('@') ? File.ReadLines(argument[1..]).Select(line => line.Trim()) : [argument]).Where(line => line.Length > 0 && line[0] != '#')];
        Dictionary<string, string[]> grid = all.Where(argument => argument.Contains('=', StringComparison.Ordinal)).Select(argument => argument.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1].Split(','));
        int[] seeds = [.. (grid.Remove(Seeds, out string[]? given) ? given : ["1"]).Select(seed => int.Parse(seed, CultureInfo.InvariantCulture))];
        string[] texts = [.. all.Where(argument => !argument.Contains('=', StringComparison.Ordinal))];
        if (texts.Length == 0 || grid.Keys.Except(FineTuningWay.AxisNames).Any())
        {
            throw new ArgumentException($"Sets are {texts.Length}, axes are {string.Join(", ", grid.Keys)}: expected at least one set, and axes among {string.Join(", ", FineTuningWay.AxisNames.Append(Seeds))}.");
        }

        IReadOnlyList<FineTuningWay> ways = FineTuningWay.All(grid);
        int size = ways.Max(way => way.Size ?? DefaultSize);
        string csv = Path.ChangeExtension(file, ".csv");
        foreach (string text in texts)
        {
            using var scratch = new TemporaryFolder();
            RunSet(FineTuningSet.Parse(text, size, scratch.Path), ways, seeds, csv);
        }

        string shown = string.Join(' ', arguments.Select(argument => argument.Contains('=', StringComparison.Ordinal) ? argument : argument.StartsWith('@') ? $"@{Path.GetFileName(argument)}" : FineTuningSet.NameOf(argument)));
        BenchmarkReport.Write(file, "Fine-tuning on few photos", $"finetune {shown}", Table(FineTuningRow.Read(csv)));
    }

    private static void RunSet(FineTuningSet set, IReadOnlyList<FineTuningWay> ways, int[] seeds, string csv)
    {
        HashSet<(string, int, string)> done = [.. FineTuningRow.Read(csv).Select(row => (row.Set, row.Seed, row.Way))];
        foreach (int seed in seeds)
        {
            (IReadOnlyList<LabeledImage> training, IReadOnlyList<LabeledImage> heldOut) = set.Split(seed);
            foreach (FineTuningWay way in ways.DistinctBy(way => (way.Weights, way.Size)))
            {
                string size = way.Size is int edge ? FormattableString.Invariant($" size={edge}") : "";
                Add($"features of {way.ShownWeights}{size} + logistic regression", () => (FeaturesTop1(way, training, heldOut), null));
            }

            foreach (FineTuningWay way in ways)
            {
                Add(way.ToString(), () => Train(way, training, heldOut, seed));
            }

            void Add(string way, Func<(double Top1, double? Rate)> run)
            {
                if (done.Contains((set.Name, seed, way)))
                {
                    return;
                }

                long start = Stopwatch.GetTimestamp();
                (double top1, double? rate) = run();
                var row = new FineTuningRow(set.Name, training.Count, heldOut.Count, seed, way, top1, Stopwatch.GetElapsedTime(start).TotalSeconds, rate);
                row.AppendTo(csv);
                Console.WriteLine(FormattableString.Invariant($"{set.Name}, seed {seed}, {way}: {top1:P1} in {row.Seconds:F0} s{(rate is null ? "" : $", rate {rate:G2}")}"));
            }
        }
    }

    /// <returns>The share of held-out photos that are right; 0 where the training diverged, for a default must not.</returns>
    private static (double Top1, double? Rate) Train(FineTuningWay way, IReadOnlyList<LabeledImage> training, IReadOnlyList<LabeledImage> heldOut, int seed)
    {
        using var folder = new TemporaryFolder();
        TrainOptions options = way.Options(training, folder.Path, seed);
        double? rate = way.FindsRate ? new LearningRateFinder(options).Run().Suggestion : null;
        try
        {
            TrainResult result = new Trainer(options with { LearningRate = rate ?? options.LearningRate }).Run();
            using ResNeXtModel model = ResNeXtModel.Load(result.Model, ExecutionDevice.Cpu);
            return (Evaluator.Evaluate(model, heldOut, _ => { }, (_, _) => { }, CancellationToken.None).Top1, rate);
        }
        catch (InvalidOperationException exception)
        {
            Console.WriteLine(exception.Message);
            return (0, rate);
        }
    }

    private static double FeaturesTop1(FineTuningWay way, IReadOnlyList<LabeledImage> training, IReadOnlyList<LabeledImage> heldOut)
    {
        using var folder = new TemporaryFolder();
        WeightsDescription weights = WeightsDescription.Of(way.Weights);
        using (var module = new ResNeXtModule(weights.Architecture, weights.Classes ?? 1))
        {
            Checkpoint.Load(weights.Path, module, except: weights.Classes is null ? Checkpoint.IsHead : null);
            ImagePreprocessing preprocessing = way.Size is int size ? weights.Preprocessing.Scaled(size) with { ResizeSize = size } : weights.Preprocessing;
            OnnxExporter.Export(module, OnnxExporter.Describe(module, [.. weights.Labels ?? Enumerable.Range(0, module.Classes).Select(label => $"{label}")], preprocessing), folder["model.onnx"]);
        }

        var ml = new MLContext(seed: 1);
        using ResNeXtTransformer featurizer = ml.Transforms.FeaturizeImages("Features", "ImagePath", folder["model.onnx"]).Fit(View(training));
        return TransferRecipe.Measure(ml, ml.Data.Cache(featurizer.Transform(View(training))), ml.Data.Cache(featurizer.Transform(View(heldOut)))).Accuracy;

        IDataView View(IReadOnlyList<LabeledImage> photos) => ml.Data.LoadFromEnumerable(photos);
    }

    /// <summary>Every way that was run on every set, by its mean rank over them.</summary>
    private static List<string> Table(IReadOnlyList<FineTuningRow> rows)
    {
        string[] sets = [.. rows.Select(row => row.Set).Distinct()];
        (string Way, double[] Top1, double Seconds)[] ways =
        [
            .. rows.GroupBy(row => row.Way).Where(group => sets.All(set => group.Any(row => row.Set == set)))
                .Select(group => (group.Key, sets.Select(set => group.Where(row => row.Set == set).Average(row => row.Top1)).ToArray(), group.Average(row => row.Seconds))),
        ];
        double[] ranks = [.. ways.Select(way => sets.Select((_, i) => 1 + ways.Count(other => other.Top1[i] > way.Top1[i]) + ((ways.Count(other => other.Top1[i] == way.Top1[i]) - 1) / 2.0)).Average())];
        return
        [
            .. sets.Select(set => rows.First(row => row.Set == set)).Select(row => FormattableString.Invariant(
                $"- {row.Set}: {row.Training} photos to learn from, a fifth of which chooses the epoch, {row.HeldOut} photos to judge by; seeds: {string.Join(", ", rows.Where(other => other.Set == row.Set).Select(other => other.Seed).Distinct().Order())}.")),
            "",
            $"Top-1 on the photos held out, mean over the seeds; the rank is the mean over the sets among {ways.Length} ways, ties share theirs. What a way does not name is the default.",
            "",
            $"| way | {string.Join(" | ", sets)} | mean | rank | seconds |",
            $"|---|{string.Concat(Enumerable.Repeat("---|", sets.Length + 3))}",
            .. ways.Zip(ranks).OrderBy(pair => pair.Second).Select(pair => FormattableString.Invariant(
                $"| {pair.First.Way} | {string.Join(" | ", pair.First.Top1.Select(top1 => FormattableString.Invariant($"{top1 * 100:F1}")))} | {pair.First.Top1.Average() * 100:F1} | {pair.Second:F1} | {pair.First.Seconds:F0} |")),
        ];
    }
}
