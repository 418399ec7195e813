using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using ResNeXt.MLNet;
using ResNeXt.Training;

namespace ResNeXt.Benchmarks;

/// <summary>
/// What the embedded network is worth on a few photos of something else: its features, fine-tuned, and the same network from scratch. And
/// which input size its features want, for which all photos take turns as test photos: sizes differ by less than one test set can tell.
/// </summary>
internal static class TransferBenchmark
{
    private const int Epochs = 20;
    private static readonly int[] Seeds = [1, 2, 3];

    private const int Folds = 5, Repeats = 6;
    private static readonly int[] InputSizes = [48, 64, 80, 96, 128, 160];

    /// <param name="training">Photos to learn from, a folder for each class.</param>
    /// <param name="test">Photos that choose nothing.</param>
    /// <param name="file">Receives the table.</param>
    public static void Run(string training, string test, string file)
    {
        var table = new List<string> { "| way | test top-1, mean | standard deviation | runs |", "|---|---|---|---|" };
        Add(FormattableString.Invariant($"raw 32x32 pixels + logistic regression"), [Pixels(training, test)]);
        Add("embedded network's features + logistic regression", [Features(training, test)]);
        Add(FormattableString.Invariant($"embedded network fine-tuned, {Epochs} epochs"), [.. Seeds.Select(seed => Trained(training, test, seed, new TrainRecipeStart(EmbeddedWeights.Name, 0.02)))]);
        Add(FormattableString.Invariant($"the same network from scratch, {Epochs} epochs"), [.. Seeds.Select(seed => Trained(training, test, seed, new TrainRecipeStart(null, 0.05)))]);
        BenchmarkReport.Write(file, "Transfer to a few photos", $"transfer {Name(training)} {Name(test)}", [Sizes(training, test), "", .. table, "", .. InputSizeTable(training, test)]);

        void Add(string way, double[] top1)
        {
            (double mean, double deviation) = Spread.Of(top1);
            table.Add(FormattableString.Invariant($"| {way} | {mean:P1} | {(top1.Length > 1 ? FormattableString.Invariant($"{deviation * 100:F1} points") : "")} | {top1.Length} |"));
            Console.WriteLine(table[^1]);
        }
    }

    private static string Sizes(string training, string test) => FormattableString.Invariant(
        $"{ImageFolder.Enumerate(training).Count} training photos (a fifth of them chooses the epoch where there are epochs), {ImageFolder.Enumerate(test).Count} test photos.");

    private static List<string> InputSizeTable(string training, string test)
    {
        WeightsDescription weights = WeightsDescription.Of(EmbeddedWeights.Name);
        using var module = new ResNeXtModule(weights.Architecture, weights.Classes!.Value);
        Checkpoint.Load(weights.Path, module);
        LabeledImage[] photos = [.. ImageFolder.Enumerate(training), .. ImageFolder.Enumerate(test)];
        var table = new List<string>
        {
            FormattableString.Invariant($"All {photos.Length} photos, {Folds} folds, {Repeats} times: the embedded network's features in float + logistic regression."),
            "",
            "| input, pixels | top-1, mean | smallest | largest |",
            "|---|---|---|---|",
        };
        foreach (int size in InputSizes)
        {
            using var folder = new TemporaryFolder();
            string model = folder["model.onnx"];
            OnnxExporter.Export(module, OnnxExporter.Describe(module, [.. weights.Labels!], weights.Preprocessing.Scaled(size)), model);
            double[] top1 = CrossValidated(photos, model);
            table.Add(FormattableString.Invariant($"| {size} x {size} | {top1.Average():P1} | {top1.Min():P1} | {top1.Max():P1} |"));
            Console.WriteLine(table[^1]);
        }

        return table;
    }

    /// <returns>The share of right ones, over all folds, of each repeat.</returns>
    private static double[] CrossValidated(LabeledImage[] photos, string model)
    {
        var ml = new MLContext(seed: 1);
        IDataView data = ml.Data.LoadFromEnumerable(photos);
        using ResNeXtTransformer featurizer = ml.Transforms.FeaturizeImages("Features", "ImagePath", model).Fit(data);
        IDataView features = ml.Data.Cache(featurizer.Transform(data));
        return [.. Enumerable.Range(0, Repeats).Select(repeat =>
            ml.MulticlassClassification.CrossValidate(features, LogisticRegression(ml), Folds, seed: repeat).Average(fold => fold.Metrics.MicroAccuracy))];
    }

    private static double Features(string training, string test)
    {
        var ml = new MLContext(seed: 1);
        return Accuracy(ml, training, test, ml.Transforms.FeaturizeImages("Features", "ImagePath"));
    }

    private static double Pixels(string training, string test)
    {
        var ml = new MLContext(seed: 1);
        return Accuracy(ml, training, test, ml.Transforms.LoadImages("Image", null, "ImagePath")
            .Append(ml.Transforms.ResizeImages("Image", 32, 32))
            .Append(ml.Transforms.ExtractPixels("Features", "Image")));
    }

    private static double Accuracy(MLContext ml, string training, string test, IEstimator<ITransformer> features)
    {
        IDataView train = ml.Data.LoadFromEnumerable(ImageFolder.Enumerate(training)), held = ml.Data.LoadFromEnumerable(ImageFolder.Enumerate(test));
        return ml.MulticlassClassification.Evaluate(features.Append(LogisticRegression(ml)).Fit(train).Transform(held)).MicroAccuracy;
    }

    private static EstimatorChain<MulticlassPredictionTransformer<MaximumEntropyModelParameters>> LogisticRegression(MLContext ml) => ml.Transforms.Conversion.MapValueToKey("Label")
        .Append(ml.Transforms.NormalizeMeanVariance("Features"))
        .AppendCacheCheckpoint(ml)
        .Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(new LbfgsMaximumEntropyMulticlassTrainer.Options { L1Regularization = 0, L2Regularization = 10 }));

    private static double Trained(string training, string test, int seed, TrainRecipeStart start)
    {
        using var folder = new TemporaryFolder();
        TrainResult result = new Trainer(new TrainOptions
        {
            Data = ImageFolder.Enumerate(training),
            Out = folder.Path,
            Architecture = start.Weights is null ? "resnext20_8x8d_small" : null,
            Weights = start.Weights,
            ImageSize = 64,
            Resize = 64,
            Epochs = Epochs,
            LearningRate = start.LearningRate,
            CropScale = 0.35,
            Seed = seed,
            Report = false,
        }).Run();
        using ResNeXtModel model = ResNeXtModel.Load(result.Model, ExecutionDevice.Cpu);
        return Evaluator.Evaluate(model, ImageFolder.Enumerate(test), _ => { }, (_, _) => { }, default).Top1;
    }

    private static string Name(string directory) => Path.GetFileName(Path.TrimEndingDirectorySeparator(directory));

    private sealed record TrainRecipeStart(string? Weights, double LearningRate);
}
