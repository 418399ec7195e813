using System.Diagnostics;
using System.Globalization;

namespace ResNeXt.Benchmarks;

/// <summary>
/// Training steps as the trainer makes them against the same network as TorchSharp lays it out: forward, backward and update. Each way
/// runs in processes of its own, because the treatment of freed memory holds for a whole process; the ways take turns, the median counts.
/// </summary>
internal static class TrainingBenchmark
{
    private const int Rounds = 3;

    private static readonly (string Architecture, int ImageSize, int BatchSize)[] Cases =
    [
        ("resnext14_8x4d", 32, 128),
        ("resnext14_8x4d", 96, 32),
        ("resnext20_8x4d_cifar", 32, 64),
        ("resnext50_32x4d", 224, 8),
    ];

    public static void Run(string file)
    {
        var table = new List<string>
        {
            "| network | pixels | batch | TorchSharp's layout, images/s | channels-last | channels-last, freed memory kept (`train`) | ratio |",
            "|---|---|---|---|---|---|---|",
        };
        foreach ((string architecture, int imageSize, int batchSize) in Cases)
        {
            var rates = Enum.GetValues<TrainingWay>().ToDictionary(way => way, _ => new List<double>());
            for (int round = 0; round < Rounds; round++)
            {
                foreach ((TrainingWay way, List<double> measured) in rates)
                {
                    measured.Add(MeasureInProcess(way, architecture, imageSize, batchSize));
                }
            }

            double plain = Median(rates[TrainingWay.Default]), ours = Median(rates[TrainingWay.Trainer]);
            table.Add(FormattableString.Invariant(
                $"| {architecture} | {imageSize} | {batchSize} | {plain:F1} | {Median(rates[TrainingWay.ChannelsLast]):F1} | {ours:F1} | {ours / plain:F2} |"));
            Console.WriteLine(table[^1]);
        }

        BenchmarkReport.Write(file, "Training: the trainer against TorchSharp's defaults", "training", table);
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static double MeasureInProcess(TrainingWay way, string architecture, int imageSize, int batchSize)
    {
        var start = new ProcessStartInfo(
            "dotnet",
            [typeof(TrainingBenchmark).Assembly.Location, "training-steps", $"{way}", architecture, $"{imageSize}", $"{batchSize}"])
        { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? double.Parse(output, CultureInfo.InvariantCulture) : throw new InvalidOperationException($"{way} {architecture} failed.");
    }
}
