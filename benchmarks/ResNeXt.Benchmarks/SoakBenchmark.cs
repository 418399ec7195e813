using System.Diagnostics;
using ResNeXt.MLNet;

namespace ResNeXt.Benchmarks;

/// <summary>Scores a folder over and over, and notes after each minute what memory the process has: it must not grow.</summary>
internal static class SoakBenchmark
{
    private const int BatchSize = 16;

    /// <param name="modelFile">The model.</param>
    /// <param name="directory">Photos.</param>
    /// <param name="minutes">How long.</param>
    /// <param name="file">Receives the report; it has one row a minute.</param>
    public static void Run(string modelFile, string directory, int minutes, string file)
    {
        IReadOnlyList<string> paths = ImageFolder.Files(directory);
        using ResNeXtModel model = ResNeXtModel.Load(modelFile, ExecutionDevice.Cpu);
        var scorer = new ImageScorer(model, [ResNeXtMetadata.FeaturesName], BatchSize);
        var rows = new List<string>();
        var clock = Stopwatch.StartNew();
        int images = 0;
        foreach (ScoredImage image in scorer.Score(Endless()))
        {
            images++;
            if (clock.Elapsed.TotalMinutes >= rows.Count + 1)
            {
                // Live bytes need a collection, the working set must be seen before it.
                double workingSet = Environment.WorkingSet / 1e6;
                rows.Add(FormattableString.Invariant(
                    $"| {rows.Count + 1} | {images} | {workingSet:F0} | {GC.GetTotalMemory(forceFullCollection: true) / 1e6:F1} |"));
                Console.WriteLine(rows[^1]);
                if (rows.Count == minutes)
                {
                    break;
                }
            }
        }

        BenchmarkReport.Write(file, "Soak", $"soak {Path.GetFileName(modelFile)} {Path.GetFileName(Path.TrimEndingDirectorySeparator(directory))} {minutes}",
        [
            $"{model.Metadata.Architecture}, batches of {BatchSize}, {paths.Count} photos again and again.",
            "",
            "| minute | images so far | working set MB | live managed MB |",
            "|---|---|---|---|",
            .. rows,
        ]);

        IEnumerable<string> Endless()
        {
            while (true)
            {
                foreach (string path in paths)
                {
                    yield return path;
                }
            }
        }
    }
}
