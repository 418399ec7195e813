using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using ResNeXt.MLNet;
using ResNeXt.Training;

namespace ResNeXt.Benchmarks;

/// <summary>Training over MPI: two ranks of one thread against one rank of one thread, in turn on one machine.</summary>
internal static partial class RanksBenchmark
{
    private const int Rounds = 3;

    /// <param name="small">Small images, a folder for each class: two thousand of each of two classes are taken.</param>
    /// <param name="photos">Photos, a folder for each class: 24 of each of two classes are taken.</param>
    /// <param name="file">Receives the table.</param>
    public static void Run(string small, string photos, string file)
    {
        using var folder = new TemporaryFolder();
        (string Architecture, int Size, int Batch, string Data)[] trainings =
        [
            ("resnext14_8x4d", 32, 64, Some(small, 2000, folder["small"])),
            ("resnext50_32x4d", 224, 8, Some(photos, 24, folder["photos"])),
        ];
        BenchmarkReport.Write(file, "Training over MPI", "ranks SMALL PHOTOS",
        [
            FormattableString.Invariant($"One epoch from images in files with augmentation, a thread and a core a rank, batches as large on each rank; medians of {Rounds} runs of each, in turn. Communication is what rank 0 spends in it, waiting for the other rank included. Two trainings at once that know nothing of each other are the limit that the machine sets."),
            "",
            "| network | pixels | images in a rank's batch | 1 rank, images/s | 2 ranks, images/s | ratio | two trainings, images/s | ratio | communication |",
            "|---|---|---|---|---|---|---|---|---|",
            .. trainings.Select(training => Row(training.Architecture, training.Size, training.Batch, training.Data, folder["run"])),
        ]);
    }

    private static string Row(string architecture, int size, int batch, string data, string run)
    {
        var one = new List<double>();
        var two = new List<(double ImagesPerSecond, double Communication)>();
        var apart = new List<double>();
        string[] ranks = ["--oversubscribe", "--allow-run-as-root", "--bind-to", "core", "-n"];
        for (int round = 0; round < Rounds; round++)
        {
            one.Add(Train("mpirun", [.. ranks, "1"]).ImagesPerSecond);
            two.Add(Train("mpirun", [.. ranks, "2"]));
            apart.Add(Task.WhenAll(((string[])["0", "1"]).Select(core => Task.Run(() => Train("taskset", "-c", core)))).Result.Sum(result => result.ImagesPerSecond));
        }

        double alone = Median(one), together = Median(two.Select(result => result.ImagesPerSecond)), limit = Median(apart);
        string row = FormattableString.Invariant($"| {architecture} | {size} | {batch} | {alone:F1} | {together:F1} | {together / alone:F2} | {limit:F1} | {limit / alone:F2} | {Median(two.Select(result => result.Communication)):F1} % |");
        Console.WriteLine(row);
        return row;

        (double ImagesPerSecond, double Communication) Train(string launcher, params string[] arguments)
        {
            string output = string.Create(CultureInfo.InvariantCulture, $"{run}-{Guid.NewGuid():N}");
            var start = new ProcessStartInfo(launcher,
            [
                .. arguments, "dotnet", typeof(Trainer).Assembly.Location, "train", "--data", data, "--out", output,
                "--arch", architecture, "--image-size", $"{size}", "--batch-size", $"{batch}", "--val-split", "0.05", "--epochs", "1", "--no-report", "--json",
            ])
            { RedirectStandardOutput = true, RedirectStandardError = true };
            start.Environment["OMP_NUM_THREADS"] = "1";
            using Process process = Process.Start(start)!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string json = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0)
            {
                throw new InvalidOperationException($"'{launcher} {string.Join(' ', arguments)}' ended with {process.ExitCode}: {errors.Result}");
            }

            using var result = JsonDocument.Parse(json);
            Match share = Communication().Match(errors.Result);
            return (result.RootElement.GetProperty("imagesPerSecond").GetDouble(), share.Success ? double.Parse(share.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : 0);
        }
    }

    /// <summary>A folder with the first images of the first two classes.</summary>
    private static string Some(string data, int ofEach, string folder)
    {
        foreach (IGrouping<string, LabeledImage> label in ImageFolder.Enumerate(data).GroupBy(image => image.Label).Take(2))
        {
            string target = Directory.CreateDirectory(Path.Combine(folder, label.Key)).FullName;
            foreach (LabeledImage image in label.Take(ofEach))
            {
                File.Copy(image.ImagePath, Path.Combine(target, Path.GetFileName(image.ImagePath)));
            }
        }

        return folder;
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(Rounds / 2);

    [GeneratedRegex("included: ([0-9.]+) % of the time")]
    private static partial Regex Communication();
}
