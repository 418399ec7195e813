using System.Diagnostics;
using System.Globalization;
using ResNeXt.Training;

namespace ResNeXt.Benchmarks;

/// <summary>
/// Training steps as the trainer makes them against the same network as TorchSharp lays it out: forward, backward and update. Each way
/// runs in processes of its own, because the treatment of freed memory holds for a whole process; the ways take turns, the median counts.
/// With RESNEXT_PYTHON so does PyTorch; bfloat16 where the processor has it.
/// </summary>
internal static class TrainingBenchmark
{
    private const int Rounds = 3;

    private static readonly string[] Layouts = ["contiguous", "channels_last"];

    private static readonly (string Architecture, int ImageSize, int BatchSize)[] Cases =
    [
        ("resnext14_8x4d", 32, 128),
        ("resnext14_8x4d", 96, 32),
        ("resnext20_8x4d_cifar", 32, 64),
        ("resnext20_8x8d_small", 64, 128),
        ("resnext50_32x4d", 112, 16),
        ("resnext50_32x4d", 224, 8),
    ];

    public static void Run(string file)
    {
        var table = new List<string>
        {
            "| network | pixels | batch | TorchSharp's layout, images/s | channels-last | channels-last, freed memory kept (`train`) | ratio | bfloat16 (`train --amp`) | to float32 | PyTorch | PyTorch channels-last | `train` to PyTorch |",
            "|---|---|---|---|---|---|---|---|---|---|---|---|",
        };
        string version = "";
        foreach ((string architecture, int imageSize, int batchSize) in Cases)
        {
            TrainingWay[] ways = [TrainingWay.Default, TrainingWay.ChannelsLast, TrainingWay.Trainer, .. MixedPrecision.HasInstructions ? [TrainingWay.BFloat16] : Array.Empty<TrainingWay>()];
            var rates = ways.Select(way => $"{way}").Concat(PythonPasses.Python is null ? [] : Layouts).ToDictionary(way => way, _ => new List<double>());
            for (int round = 0; round < Rounds; round++)
            {
                foreach (TrainingWay way in ways)
                {
                    rates[$"{way}"].Add(MeasureInProcess(way, architecture, imageSize, batchSize));
                }

                foreach (string layout in Layouts.Where(rates.ContainsKey))
                {
                    (double rate, version) = PyTorchTraining.Measure(layout, architecture, imageSize, batchSize);
                    rates[layout].Add(rate);
                }
            }

            double plain = Median(rates["Default"]), ours = Median(rates["Trainer"]);
            string mixed = rates.TryGetValue("BFloat16", out List<double>? rounded) ? FormattableString.Invariant($"{Median(rounded):F1} | {Median(rounded) / ours:F2} |") : "| |";
            string torch = PythonPasses.Python is null
                ? "| | |"
                : FormattableString.Invariant($"{Median(rates[Layouts[0]]):F1} | {Median(rates[Layouts[1]]):F1} | {ours / Median(rates[Layouts[0]]):F2} |");
            table.Add(FormattableString.Invariant(
                $"| {architecture} | {imageSize} | {batchSize} | {plain:F1} | {Median(rates["ChannelsLast"]):F1} | {ours:F1} | {ours / plain:F2} | {mixed} {torch}"));
            Console.WriteLine(table[^1]);
        }

        if (version.Length > 0)
        {
            table.AddRange(["", $"PyTorch {version} with as many threads and the same optimizer, in turn with ours; the ratio is to its default layout."]);
        }

        BenchmarkReport.Write(file, "Training: the trainer against TorchSharp's defaults and PyTorch", "training", table);
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
