using System.Globalization;
using ResNeXt.MLNet;
using ResNeXt.Training;

namespace ResNeXt.Benchmarks;

/// <summary>
/// The paper's claim in small (Fig. 7, Table 3): two networks of the same cost, one of cardinality 1 and one of 8, by the same recipe and over the same
/// seeds. Runs are kept in a folder, so that a stopped benchmark goes on.
/// </summary>
internal static class CardinalityBenchmark
{
    private const int ImageSize = 32;
    private const double Tolerance = 0.03;
    private static readonly string[] Architectures = ["resnext11_1x24d", "resnext11_8x4d"];

    /// <param name="training">Photos to learn from, a folder for each class.</param>
    /// <param name="test">Photos that choose nothing.</param>
    /// <param name="epochs">Passes over them.</param>
    /// <param name="seeds">Runs of each network.</param>
    /// <param name="runs">Folder that keeps the runs.</param>
    /// <param name="file">Receives the table.</param>
    public static void Run(string training, string test, int epochs, int seeds, string runs, string file)
    {
        IReadOnlyList<LabeledImage> images = ImageFolder.Enumerate(training), held = ImageFolder.Enumerate(test);
        int classes = images.Select(image => image.Label).Distinct().Count();
        ArchitectureSummary[] sizes = [.. Architectures.Select(name => ArchitectureSummary.Of(ResNeXtArchitecture.Parse(name), ImageSize, classes))];
        Require(sizes[1].Parameters, sizes[0].Parameters);
        Require(sizes[1].MultiplyAdds, sizes[0].MultiplyAdds);

        // Seeds outside: as far as it comes, both networks have as many runs.
        double[][] top1 = [new double[seeds], new double[seeds]];
        for (int seed = 0; seed < seeds; seed++)
        {
            for (int i = 0; i < Architectures.Length; i++)
            {
                top1[i][seed] = Top1(images, held, Architectures[i], epochs, seed + 1, runs);
                Console.WriteLine(FormattableString.Invariant($"{Architectures[i]}, seed {seed + 1}: {top1[i][seed]:P2}"));
            }
        }

        BenchmarkReport.Write(
            file,
            "Cardinality against width at the same cost",
            string.Create(CultureInfo.InvariantCulture, $"cardinality {Name(training)} {Name(test)} {epochs} {seeds} RUNS"),
            [
                FormattableString.Invariant($"{images.Count} training images, {held.Count} test images of {ImageSize} pixels, {epochs} epochs, batches of 128, one cycle up to 0.15, weight decay 5e-4, {seeds} seeds; top-1 on the test images, of the epoch that the 2 % of the training images held back choose."),
                "",
                "| network | cardinality | width | parameters | multiply-adds | test top-1, mean | standard deviation | runs |",
                "|---|---|---|---|---|---|---|---|",
                .. Architectures.Select((name, i) => Row(ResNeXtArchitecture.Parse(name), sizes[i], top1[i])),
            ]);
    }

    private static string Row(ResNeXtArchitecture architecture, ArchitectureSummary size, double[] top1)
    {
        (double mean, double deviation) = Spread.Of(top1);
        return FormattableString.Invariant(
            $"| {architecture.Name} | {architecture.Cardinality} | {architecture.BaseWidth} | {size.Parameters:N0} | {size.MultiplyAdds:N0} | {mean:P2} | {deviation * 100:F2} points | {string.Join(", ", top1.Select(value => FormattableString.Invariant($"{value * 100:F2}")))} |");
    }

    private static void Require(long one, long other)
    {
        if (Math.Abs((double)one / other - 1) > Tolerance)
        {
            throw new InvalidDataException($"The networks differ by more than {Tolerance}: {one} and {other}.");
        }
    }

    private static double Top1(IReadOnlyList<LabeledImage> images, IReadOnlyList<LabeledImage> held, string architecture, int epochs, int seed, string runs)
    {
        string folder = Path.Combine(runs, string.Create(CultureInfo.InvariantCulture, $"{architecture}-{epochs}-{seed}"));
        TrainResult result = new Trainer(new TrainOptions
        {
            Data = images,
            Out = folder,
            ValSplit = 0.02,
            Architecture = architecture,
            ImageSize = ImageSize,
            Resize = ImageSize,
            Epochs = epochs,
            BatchSize = 128,
            LearningRate = 0.15,
            LearningRateSchedule = LearningRateScheduleKind.OneCycle,
            WarmupEpochs = epochs * 0.25,
            WeightDecay = 5e-4,
            CropScale = 0.7,
            Seed = seed,
            Resume = true,
            Report = false,
        }).Run();
        using ResNeXtModel model = ResNeXtModel.Load(result.Model, ExecutionDevice.Cpu);
        return Evaluator.Evaluate(model, held, _ => { }, (_, _) => { }, default).Top1;
    }

    private static string Name(string directory) => Path.GetFileName(Path.TrimEndingDirectorySeparator(directory));
}
