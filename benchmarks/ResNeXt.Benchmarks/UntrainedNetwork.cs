using ResNeXt.MLNet;
using ResNeXt.Training;
using TorchSharp;

namespace ResNeXt.Benchmarks;

/// <summary>
/// The embedded network's architecture with random weights: what its shape alone is worth. A few photos go through it in training mode
/// once, so that its normalisations follow them by a part. Statistics that followed all the way made these features worse, by 7 points on
/// clothing.
/// </summary>
internal static class UntrainedNetwork
{
    private const int Photos = 200, BatchSize = 50, Seed = 1;

    /// <param name="trained">The embedded network.</param>
    /// <param name="photos">Photos that the statistics come from, at most 200 of them.</param>
    /// <param name="file">Receives the model.</param>
    public static void Export(ResNeXtMetadata trained, IReadOnlyList<LabeledImage> photos, string file)
    {
        string[] labels = [.. photos.Select(photo => photo.Label).Distinct().Order(StringComparer.Ordinal)];
        TorchLibrary.Load();
        torch.manual_seed(Seed);
        using var module = new ResNeXtModule(ResNeXtArchitecture.Parse(trained.Architecture), labels.Length);
        using var normalization = new PixelNormalization(trained.Preprocessing, torch.CPU);
        IReadOnlyList<Sample> samples = DataSplit.Number(TransferSet.Spread(photos, Photos), labels);
        var images = new BatchLoader(samples, trained.Preprocessing, BatchSize, Augmentation.None(trained.Preprocessing));
        using (torch.no_grad())
        {
            foreach (LabeledBatch batch in images.Epoch(Seed, CancellationToken.None))
            {
                using torch.Tensor x = normalization.Apply(batch.Pixels);
                using torch.Tensor features = module.Features(x);
            }
        }

        OnnxExporter.Export(module, OnnxExporter.Describe(module, labels, trained.Preprocessing), file);
    }
}
