using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;
using ResNeXt.MLNet;
using ResNeXt.Training;

namespace ResNeXt.Benchmarks;

/// <summary>
/// What the embedded network knows of photos that it has never seen: its features beside those of ML.NET's own featurizer, raw pixels and
/// the same network untrained, by one recipe; accuracy and speed in one run.
/// </summary>
internal static class TransferBenchmark
{
    private const int Rounds = 3, TimedPhotos = 400;

    /// <param name="sets">The photos.</param>
    /// <param name="fineTune">Whether networks are trained, too: hours.</param>
    /// <param name="sizes">Whether other input sizes are measured, too.</param>
    /// <param name="file">Receives the tables.</param>
    public static void Run(IReadOnlyList<TransferSet> sets, bool fineTune, bool sizes, string file)
    {
        string options = (fineTune ? "--fine-tune " : "") + (sizes ? "--sizes " : "");
        BenchmarkReport.Write(
            file,
            "Transfer to a few photos",
            $"transfer {options}{string.Join(' ', sets.Select(set => set.Folders))}",
            [
                .. Table(sets),
                .. fineTune ? ["", .. TransferTraining.Table(sets)] : Array.Empty<string>(),
                .. sizes ? ["", .. TransferSizes.Table(sets)] : Array.Empty<string>(),
            ]);
    }

    private static List<string> Table(IReadOnlyList<TransferSet> sets)
    {
        double[][] accuracies = [.. TransferFeaturizer.All.Select(featurizer => sets.Select(set => Accuracy(featurizer, set)).ToArray())];
        LabeledImage[] timed = [.. TransferSet.Spread([.. sets.SelectMany(set => set.All)], TimedPhotos)];
        double[] rates = Rates(sets[0], timed);
        return
        [
            .. sets.Select(set => $"- {set.Description}"),
            "",
            $"The embedded network is `{EmbeddedWeights.Name}`. {TransferRecipe.Description}.",
            "The columns of the sets are the test photos that are right.",
            FormattableString.Invariant($"Images/s: photo files to features, {timed.Length} of the photos; medians of {Rounds} rounds in turn."),
            "",
            .. TransferTable.Head("logistic regression on", sets, "images/s", "times stock"),
            .. TransferFeaturizer.All.Select((featurizer, i) => TransferTable.Row(
                featurizer.Name,
                [
                    .. accuracies[i].Select(accuracy => FormattableString.Invariant($"{accuracy:P1}")),
                    FormattableString.Invariant($"{rates[i]:F0}"),
                    FormattableString.Invariant($"{rates[i] / rates[^1]:F1}"),
                ])),
        ];
    }

    private static double Accuracy(TransferFeaturizer featurizer, TransferSet set)
    {
        (double accuracy, float l2) = featurizer.Measure(set);
        Console.WriteLine(FormattableString.Invariant($"{featurizer.Name}, {set.Name}: {accuracy:P1}, L2 {l2}"));
        return accuracy;
    }

    private static double[] Rates(TransferSet first, LabeledImage[] photos)
    {
        var ml = new MLContext(seed: 1);
        ITransformer[] featurizers = [.. TransferFeaturizer.All.Select(featurizer => featurizer.Fit(ml, first.Training))];
        try
        {
            return ScoringBenchmark.Medians(
                [.. featurizers.Select<ITransformer, Func<double>>(featurizer => () => Rate(featurizer, TransferFeaturizer.View(ml, photos), photos.Length))],
                Rounds,
                (done, all) => Console.WriteLine($"round {done} of {all}"),
                CancellationToken.None);
        }
        finally
        {
            Array.ForEach(featurizers, featurizer => (featurizer as IDisposable)?.Dispose());
        }
    }

    private static double Rate(ITransformer featurizer, IDataView photos, int count)
    {
        long start = Stopwatch.GetTimestamp();
        foreach (VBuffer<float> _ in featurizer.Transform(photos).GetColumn<VBuffer<float>>("Features"))
        {
        }

        return count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
