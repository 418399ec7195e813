using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training;

/// <summary>
/// Batches of features that were computed once: all that an epoch needs when the last layer alone learns, and no chance changes the images.
/// </summary>
internal sealed class CachedFeatures : IBatchSource, IDisposable
{
    private readonly IReadOnlyList<Sample> _samples;
    private readonly EpochPlan _plan;
    private readonly int _width;
    private readonly FeatureStore _store;

    /// <summary>Computes them.</summary>
    /// <param name="module">The network.</param>
    /// <param name="normalization">Bytes to its input.</param>
    /// <param name="images">The images in their order, without chance.</param>
    /// <param name="samples">The same as files.</param>
    /// <param name="plan">Order and batches of an epoch.</param>
    /// <param name="path">Where a file of them may lie.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    public CachedFeatures(
        ResNeXtModule module, PixelNormalization normalization, BatchLoader images, IReadOnlyList<Sample> samples, EpochPlan plan, string path, CancellationToken cancellation)
    {
        _samples = samples;
        _plan = plan;
        _width = module.Architecture.FeatureWidth;
        _store = new FeatureStore(samples.Count, _width, path);
        try
        {
            Fill(module, normalization, images, cancellation);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public int ImageCount => _plan.ImageCount;

    public int BatchCount => _plan.BatchCount;

    public IEnumerable<LabeledBatch> Epoch(int? seed, CancellationToken cancellation)
    {
        foreach (PlannedBatch planned in _plan.Batches(seed))
        {
            ImageDraw[] batch = planned.Own;
            cancellation.ThrowIfCancellationRequested();
            float[] features = new float[batch.Length * _width];
            for (int i = 0; i < batch.Length; i++)
            {
                _store.Read(batch[i].Index, features.AsSpan(i * _width, _width));
            }

            yield return new LabeledBatch([], Labels(batch), features) { LabelsOfAllRanks = Labels(planned.All) };
        }
    }

    public void Dispose() => _store.Dispose();

    private long[] Labels(ImageDraw[] draws) => [.. draws.Select(draw => (long)_samples[draw.Index].Label)];

    private void Fill(ResNeXtModule module, PixelNormalization normalization, BatchLoader images, CancellationToken cancellation)
    {
        module.eval();
        using var noGradient = no_grad();
        int done = 0;
        foreach (LabeledBatch batch in images.Epoch(seed: null, cancellation))
        {
            using DisposeScope scope = NewDisposeScope();
            _store.Write(done, module.Features(normalization.Apply(batch.Pixels)).cpu().data<float>().ToArray());
            done += batch.Labels.Length;
        }
    }
}
