using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training;

/// <summary>Runs the best network over the validation images once more and collects what the page tells. Pictures are few, whatever the data.</summary>
/// <param name="state">The run, its module with the best weights.</param>
/// <param name="data">The images.</param>
/// <param name="training">Training images as they are learned from.</param>
/// <param name="normalization">Bytes to the network's input.</param>
internal sealed class ReportBuilder(TrainingState state, DataSplit data, BatchLoader training, PixelNormalization normalization)
{
    private const int AugmentedPictures = 24;

    private readonly ResNeXtModule _module = state.Module;
    private readonly IReadOnlyList<string> _labels = data.Labels;

    private ImagePreprocessing Preprocessing => state.Info.Preprocessing;

    public ClassificationReport Build(CancellationToken cancellation)
    {
        _module.to(normalization.Device); // the export left it on the CPU
        _module.eval();
        Predictions predictions = Predict(cancellation);
        var counts = data.Training.CountBy(sample => sample.Label).ToDictionary();
        int[] mistakes = ReportChoice.Mistakes(predictions);
        return ClassificationReport.Of(state.Info, predictions) with
        {
            Name = Path.GetFileName(Path.GetFullPath(state.Options.Out).TrimEnd(Path.DirectorySeparatorChar)),
            TrainingImages = [.. Enumerable.Range(0, _labels.Count).Select(label => counts.GetValueOrDefault(label))],
            Mistakes = [.. Scored(predictions, mistakes, overlay: false, cancellation)],
            Augmented = [.. Augmented(cancellation)],
            Activations = [.. Scored(predictions, ReportChoice.ToExplain(predictions, mistakes), overlay: true, cancellation)],
            Facts = RunFacts.Of(state, data, normalization.Device, cancellation),
        };
    }

    private Predictions Predict(CancellationToken cancellation)
    {
        using var noGradient = no_grad();
        var predictions = new Predictions(_labels.Count);
        foreach (LabeledBatch batch in Loader(data.Validation, state.Options.BatchSize!.Value).Epoch(seed: null, cancellation))
        {
            using DisposeScope scope = NewDisposeScope();
            ReadOnlySpan<float> values = nn.functional.log_softmax(_module.forward(normalization.Apply(batch.Pixels)), 1).cpu().data<float>().ToArray();
            for (int i = 0; i < batch.Labels.Length; i++)
            {
                predictions.Add(values.Slice(i * _labels.Count, _labels.Count), (int)batch.Labels[i]);
            }
        }

        return predictions;
    }

    private IEnumerable<ScoredReportImage> Scored(Predictions predictions, int[] images, bool overlay, CancellationToken cancellation)
    {
        int done = 0;
        foreach (LabeledBatch batch in images.Length == 0 ? [] : Loader([.. images.Select(i => data.Validation[i])], state.Options.BatchSize!.Value).Epoch(seed: null, cancellation))
        {
            int[] members = images[done..(done += batch.Labels.Length)];
            (float[] Values, int Edge) heat = overlay ? Heat(batch.Pixels, [.. members.Select(predictions.Predicted)]) : ([], 0);
            if (heat.Edge == 1)
            {
                yield break; // one place for the whole picture
            }

            int places = heat.Edge * heat.Edge;
            for (int i = 0; i < members.Length; i++)
            {
                yield return ScoredReportImage.Of(
                    predictions,
                    members[i],
                    _labels,
                    data.Validation[members[i]].Path,
                    batch.Pixels.AsSpan(i * Preprocessing.ByteCount, Preprocessing.ByteCount),
                    Preprocessing.ImageSize,
                    heat.Values.AsSpan(i * places, places));
            }
        }
    }

    /// <summary>The activation maps, <c>[N, edge, edge]</c>, the largest value of each being 1.</summary>
    private (float[] Values, int Edge) Heat(byte[] pixels, int[] classes)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor maps = ClassActivationMap.Of(_module, normalization.Apply(pixels), classes);
        using Scalar tiny = 1e-12f.ToScalar();
        return (maps.div(maps.amax([1L, 2L], keepdim: true).clamp_min(tiny)).cpu().contiguous().data<float>().ToArray(), (int)maps.shape[1]);
    }

    /// <summary>The first images of the first epoch, mixed if the run mixes.</summary>
    private IEnumerable<ReportImage> Augmented(CancellationToken cancellation)
    {
        int seed = Seed.Of(state.Options.Seed, 0), step = 0, shown = 0;
        foreach (LabeledBatch batch in training.Epoch(seed, cancellation))
        {
            BatchMix? mix = TrainingStep.Mix(state.Options, Preprocessing.ImageSize, seed, step++);
            byte[] pixels = Mixed(batch.Pixels, mix);
            for (int i = 0; i < batch.Labels.Length; i++)
            {
                yield return new ReportImage(Thumbnail.Of(pixels.AsSpan(i * Preprocessing.ByteCount, Preprocessing.ByteCount), Preprocessing.ImageSize), Classes(batch.Labels, i, mix));
                if (++shown == AugmentedPictures)
                {
                    yield break;
                }
            }
        }
    }

    /// <summary>The class of an image, or both with their shares.</summary>
    private string Classes(long[] labels, int image, BatchMix? mix)
    {
        // An image is mixed with the one before it, the first with the last.
        string own = _labels[(int)labels[image]], other = _labels[(int)labels[(image + labels.Length - 1) % labels.Length]];
        return mix is null || own == other ? own : $"{own} {ReportPage.Percent(mix.Share)}, {other} {ReportPage.Percent(1 - mix.Share)}";
    }

    private byte[] Mixed(byte[] pixels, BatchMix? mix)
    {
        if (mix is null)
        {
            return pixels;
        }

        using DisposeScope scope = NewDisposeScope();
        int size = Preprocessing.ImageSize;
        Tensor x = tensor(pixels, pixels.Length / Preprocessing.ByteCount, size, size, RgbImage.Channels).permute(0, 3, 1, 2).to(ScalarType.Float32);
        return mix.Apply(x).permute(0, 2, 3, 1).round().to(ScalarType.Byte).contiguous().data<byte>().ToArray();
    }

    private BatchLoader Loader(IReadOnlyList<Sample> samples, int batchSize) => new(samples, Preprocessing, batchSize, Augmentation.None(Preprocessing));
}
