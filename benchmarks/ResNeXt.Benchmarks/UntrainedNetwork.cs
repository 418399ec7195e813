using ResNeXt.MLNet;
using ResNeXt.Training;
using TorchSharp;

namespace ResNeXt.Benchmarks;

/// <summary>
/// The embedded network's architecture with random weights: what its shape alone is worth. Its normalisations know the statistics of a few
/// photos, without which the features of a new network all but vanish or explode.
/// </summary>
internal static class UntrainedNetwork
{
    private const int Photos = 200, BatchSize = 50;

    /// <summary>Running statistics follow by a tenth a batch: of what they began with, 0.9^50 is left, half a percent.</summary>
    private const int Batches = 50;

    private const int Seed = 1;

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
        var images = new BatchLoader(DataSplit.Number(TransferSet.Spread(photos, Photos), labels), trained.Preprocessing, BatchSize, Augmentation.None(trained.Preprocessing));
        using (torch.no_grad())
        {
            foreach (LabeledBatch batch in Enumerable.Range(Seed, Batches).SelectMany(seed => images.Epoch(seed, CancellationToken.None)).Take(Batches))
            {
                using torch.Tensor x = normalization.Apply(batch.Pixels);
                using torch.Tensor features = module.Features(x);
            }
        }

        OnnxExporter.Export(module, OnnxExporter.Describe(module, labels, trained.Preprocessing), file);
    }
}
