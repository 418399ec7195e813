using System.Diagnostics;
using System.Globalization;
using ResNeXt.Training;

namespace ResNeXt.Benchmarks;

/// <summary>
/// Files of weights, opened and copied into a network, beside the reading of their bytes alone. Each reading runs in a process of its
/// own, from the system's cache of files; the files take turns, the median of the times and the largest memory count.
/// </summary>
internal static class WeightsBenchmark
{
    private const int Rounds = 5;

    /// <param name="architecture">Whose weights they are.</param>
    /// <param name="weights">The files.</param>
    /// <param name="file">Receives the report.</param>
    public static void Run(string architecture, string[] weights, string file)
    {
        var measured = weights.ToDictionary(path => path, _ => new List<double[]>());
        for (int round = 0; round < Rounds; round++)
        {
            foreach ((string path, List<double[]> rows) in measured)
            {
                rows.Add(MeasureInProcess(architecture, path));
            }
        }

        BenchmarkReport.Write(file, $"Weights: reading {architecture}", $"weights {architecture} FILE...",
        [
            "| file | MB | bytes alone, s | into the network, s | memory above the network's own, MB |",
            "|---|---|---|---|---|",
            .. measured.Select(pair => FormattableString.Invariant(
                $"| {Path.GetFileName(pair.Key)} | {new FileInfo(pair.Key).Length / 1e6:F0} | {Median(pair.Value, 0):F2} | {Median(pair.Value, 1):F2} | {pair.Value.Max(row => row[2]) / 1e6:F0} |")),
        ]);
    }

    /// <returns>Seconds for the bytes, seconds for the network, bytes of memory.</returns>
    public static double[] Measure(string architecture, string path)
    {
        using var module = new ResNeXtModule(ResNeXtArchitecture.Parse(architecture), 1000);
        double bytes = Seconds(() => ReadBytes(path));
        GC.Collect();
        long before = Environment.WorkingSet;
        File.WriteAllText("/proc/self/clear_refs", "5"); // Linux: the peak counts from here
        double network = Seconds(() => Checkpoint.Load(path, module));
        using Process self = Process.GetCurrentProcess();
        return [bytes, network, self.PeakWorkingSet64 - before];
    }

    private static void ReadBytes(string path)
    {
        using FileStream stream = File.OpenRead(path);
        byte[] buffer = new byte[1 << 20];
        while (stream.Read(buffer) > 0)
        {
        }
    }

    private static double Seconds(Action action)
    {
        var clock = Stopwatch.StartNew();
        action();
        return clock.Elapsed.TotalSeconds;
    }

    private static double Median(List<double[]> rows, int column) => rows.Select(row => row[column]).Order().ElementAt(rows.Count / 2);

    private static double[] MeasureInProcess(string architecture, string path)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(WeightsBenchmark).Assembly.Location, "weights-load", architecture, path]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? [.. output.Split(' ').Select(text => double.Parse(text, CultureInfo.InvariantCulture))]
            : throw new InvalidOperationException($"Reading '{path}' failed.");
    }
}
