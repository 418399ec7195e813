using ResNeXt.MLNet;
using ResNeXt.Training;

namespace ResNeXt.Benchmarks;

/// <summary>
/// A folder of photos to features: stock ML.NET with the first model, our transformer with each, and, where RESNEXT_PYTHON names a Python
/// with torchvision, PyTorch eager with a ResNeXt-50. All take turns in one run; medians.
/// </summary>
internal static class EndToEndBenchmark
{
    private const int Rounds = 5, Photos = 96, Singles = 60;

    /// <param name="modelFiles">Forms of one network, the plainest first.</param>
    /// <param name="directory">Photos.</param>
    /// <param name="file">Receives the report.</param>
    public static void Run(IReadOnlyList<string> modelFiles, string directory, string file)
    {
        string[] paths = [.. ImageFolder.Files(directory).Take(Photos)];
        MeasuredModel[] models = [.. modelFiles.Select(modelFile => new MeasuredModel(modelFile, paths))];
        using PythonPasses? eager = PythonPasses.Start("eager_features.py", paths);
        double[] rates = ScoringBenchmark.Medians(
            [
                models[0].Stock,
                () => eager is null ? double.NaN : paths.Length / eager.Pass(),
                models[0].DecodeAlone,
                .. models.Select<MeasuredModel, Func<double>>(model => model.Ours),
                .. models.Select<MeasuredModel, Func<double>>(model => model.ScoreAlone),
            ],
            Rounds,
            (done, all) => Console.WriteLine($"round {done} of {all}"),
            CancellationToken.None);
        double stock = rates[0], torch = rates[1], decode = rates[2];
        string[] table =
        [
            $"{models[0].Metadata.Architecture}, {models[0].Metadata.Preprocessing.ImageSize} px, {paths.Length} photos, medians of {Rounds} rounds in turn.",
            "",
            "| folder to features | images/s | ms/image | against stock ML.NET | against PyTorch | network alone, images/s | share of the cores' limit | one image, p50 / p99 ms |",
            "|---|---|---|---|---|---|---|---|",
            Row("stock ML.NET, " + Name(0), stock, "| | | |"),
            .. eager is null ? [] : (string[])[Row("torchvision + PyTorch eager", torch, "| | | |")],
            .. models.Select((model, i) => Row("`FeaturizeImages`, " + Name(i), rates[3 + i], Rest(model, rates[3 + i], rates[3 + models.Length + i]))),
            "",
            FormattableString.Invariant($"Decoding, resizing and cropping alone, one thread: {decode:F0} images/s. The limit: cores / (core-time of decoding + core-time of the network)."),
        ];
        Array.ForEach(table, Console.WriteLine);
        string files = string.Join(' ', modelFiles.Select(Path.GetFileName));
        BenchmarkReport.Write(file, "End to end", $"endtoend {files} {Path.GetFileName(Path.TrimEndingDirectorySeparator(directory))}", table);
        Array.ForEach(models, model => model.Dispose());

        string Name(int model) => Path.GetFileNameWithoutExtension(modelFiles[model]);

        string Row(string name, double rate, string rest) => FormattableString.Invariant(
            $"| {name} | {rate:F1} | {1000 / rate:F1} | {rate / stock:F2} | {(eager is null ? "" : FormattableString.Invariant($"{rate / torch:F2}"))} {rest}");

        string Rest(MeasuredModel model, double rate, double alone)
        {
            double[] singles = model.Latencies(Singles, CancellationToken.None);
            return FormattableString.Invariant(
                $"| {alone:F1} | {rate / BenchmarkResult.Limit(alone, decode):F2} | {ScoringBenchmark.Quantile(singles, 0.5):F0} / {ScoringBenchmark.Quantile(singles, 0.99):F0} |");
        }
    }
}
