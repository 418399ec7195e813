using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using ResNeXt.MLNet;

namespace ResNeXt.Benchmarks;

/// <summary>
/// From the start of a process to its first prediction, from a zip that ML.NET saved. Each measurement is a process of its own; the zip
/// is in the system's cache of files.
/// </summary>
internal static class ColdStartBenchmark
{
    private const int Rounds = 7;

    private static readonly string[] Steps = ["`Main` runs", "`Model.Load` is done", "the first prediction is done"];

    public static void Run(string modelFile, string photo, string file)
    {
        string zip = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N") + ".zip");
        try
        {
            RunInProcess("coldstart-save", modelFile, zip);
            double[][] rounds = [.. Enumerable.Range(0, Rounds).Select(_ => RunInProcess("coldstart-predict", zip, photo))];
            BenchmarkReport.Write(file, "Cold start", $"coldstart {Path.GetFileName(modelFile)} PHOTO",
            [
                FormattableString.Invariant($"A saved ML.NET zip of {new FileInfo(zip).Length / 1e6:F0} MB, medians of {Rounds} processes, the largest in brackets."),
                "",
                "| seconds since the process was started | |",
                "|---|---|",
                .. Steps.Select((step, i) => FormattableString.Invariant(
                    $"| {step} | {rounds.Select(row => row[i]).Order().ElementAt(Rounds / 2):F2} ({rounds.Max(row => row[i]):F2}) |")),
            ]);
        }
        finally
        {
            File.Delete(zip);
        }
    }

    /// <returns>Seconds since the process was started: now, loaded, predicted.</returns>
    public static double[] Measure(string zip, string photo)
    {
        double main = SinceStart();
        var ml = new MLContext();
        ITransformer model = ml.Model.Load(zip, out _);
        double loaded = SinceStart();
        using var engine = ml.Model.CreatePredictionEngine<PhotoRow, ScoreRow>(model);
        engine.Predict(new PhotoRow { ImagePath = photo });
        return [main, loaded, SinceStart()];
    }

    /// <summary>A process of its own, too: what it leaves in memory would be measured.</summary>
    public static void Save(string modelFile, string zip)
    {
        var ml = new MLContext();
        IDataView none = ml.Data.LoadFromEnumerable(Array.Empty<PhotoRow>());
        using ResNeXtTransformer transformer = ml.Transforms.ClassifyImages(nameof(PhotoRow.ImagePath), modelFile, device: ExecutionDevice.Cpu).Fit(none);
        ml.Model.Save(transformer, none.Schema, zip);
    }

    private static double SinceStart()
    {
        using Process self = Process.GetCurrentProcess();
        return (DateTime.Now - self.StartTime).TotalSeconds;
    }

    /// <returns>The numbers that it prints.</returns>
    private static double[] RunInProcess(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(ColdStartBenchmark).Assembly.Location, .. arguments]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? [.. output.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(text => double.Parse(text, CultureInfo.InvariantCulture))]
            : throw new InvalidOperationException($"'{string.Join(' ', arguments)}' failed.");
    }
}
