using Microsoft.ML;
using ResNeXt.MLNet;
using ResNeXt.Training;

namespace ResNeXt.Benchmarks;

/// <summary>
/// Which input size the embedded network's features want. All photos take turns as test photos: sizes differ by less than one test set
/// can tell.
/// </summary>
internal static class TransferSizes
{
    private const int Repeats = 6;
    private static readonly int[] InputSizes = [48, 64, 80, 96, 128, 160];

    public static IEnumerable<string> Table(IReadOnlyList<TransferSet> sets)
    {
        WeightsDescription weights = WeightsDescription.Of(EmbeddedWeights.Name);
        using var module = new ResNeXtModule(weights.Architecture, weights.Classes!.Value);
        Checkpoint.Load(weights.Path, module);
        return
        [
            "The embedded network in float at other input sizes, by the same recipe:",
            $"all photos of a set, {TransferRecipe.Folds} folds, {Repeats} times; mean, smallest and largest.",
            "",
            .. TransferTable.Head("input, pixels", sets),
            .. InputSizes.Select(size =>
            {
                using var folder = new TemporaryFolder();
                ResNeXtMetadata metadata = OnnxExporter.Describe(module, [.. weights.Labels!], weights.Preprocessing.Scaled(size));
                OnnxExporter.Export(module, metadata, folder["model.onnx"]);
                string row = TransferTable.Row($"{size} x {size}", sets.Select(set => Cell(set.All, folder["model.onnx"])));
                Console.WriteLine(row);
                return row;
            }),
        ];
    }

    private static string Cell(IReadOnlyList<LabeledImage> photos, string model)
    {
        var ml = new MLContext(seed: 1);
        IDataView data = ml.Data.LoadFromEnumerable(photos);
        using ResNeXtTransformer featurizer = ml.Transforms.FeaturizeImages("Features", "ImagePath", model).Fit(data);
        IDataView features = ml.Data.Cache(featurizer.Transform(data));
        float l2 = TransferRecipe.Choose(ml, features);
        double[] top1 = [.. Enumerable.Range(0, Repeats).Select(seed => TransferRecipe.CrossValidated(ml, features, l2, seed))];
        return FormattableString.Invariant($"{top1.Average():P1} ({top1.Min() * 100:F1} to {top1.Max() * 100:F1})");
    }
}
