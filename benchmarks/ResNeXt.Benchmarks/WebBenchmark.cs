using ResNeXt.MLNet;
using ResNeXt.Samples.Tests;

namespace ResNeXt.Benchmarks;

/// <summary>
/// The web sample under sixty-four clients on the loopback interface, who share the cores with it. Each answer is compared with the model's for the
/// client's own image; after each minute the server's memory is noted: it must not grow.
/// </summary>
internal static class WebBenchmark
{
    private const int Clients = 64, ImagesEach = 4;

    /// <param name="minutes">How long.</param>
    /// <param name="file">Receives the report; it has one row a minute.</param>
    public static async Task RunAsync(int minutes, string file)
    {
        byte[][] images = [.. Enumerable.Range(0, Clients * ImagesEach).Select(i => DrawnImages.Toy(i))];
        using ResNeXtPredictor predictor = ResNeXtPredictor.Load(SampleFiles.DefaultModel, ExecutionDevice.Cpu);
        ImagePrediction[] expected = [.. images.Select(image => predictor.Predict(image))];
        await using ServerProcess server = await ServerProcess.StartAsync("--Limits:RequestsPerSecond=1000000", "--Limits:Burst=1000000");
        var rows = new List<string>();
        for (int minute = 1; minute <= minutes; minute++)
        {
            LoadRun run = await LoadRun.AgainstAsync(server.Client, images, expected, Clients, TimeSpan.FromMinutes(1));
            rows.Add(FormattableString.Invariant(
                $"| {minute} | {run.Answers} | {run.Rate:F0} | {run.P50:F0} | {run.P99:F0} | {run.Wrong} | {run.Errors.Values.Sum()} | {server.WorkingSet / 1e6:F0} | {server.PeakWorkingSet / 1e6:F0} |"));
            Console.WriteLine(rows[^1]);
        }

        BenchmarkReport.Write(file, "The web sample under load", $"web {minutes}",
        [
            $"{predictor.Metadata.Architecture}, {predictor.Metadata.Preprocessing.ImageSize} px, {images.Length} JPEG images of 96 x 72 pixels, {Clients} clients on the same machine, a quarter of them for features.",
            "",
            "| minute | right answers | answers/s | p50 ms | p99 ms | wrong | failed | working set MB | peak MB |",
            "|---|---|---|---|---|---|---|---|---|",
            .. rows,
        ]);
    }
}
