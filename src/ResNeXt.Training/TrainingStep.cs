using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training;

/// <summary>One update of a network, from one batch or several. Nothing of it stays but the loss.</summary>
/// <param name="module">The network.</param>
/// <param name="optimizer">What updates it.</param>
/// <param name="average">The average that follows it; null for none.</param>
/// <param name="normalization">Bytes to the network's input.</param>
/// <param name="options">Precision, label smoothing and clipping.</param>
/// <param name="classWeights">How much each class counts, <c>[classes]</c>; null for all alike.</param>
/// <param name="ranks">Those that share each batch; null for none.</param>
/// <param name="projection">What learns beside the network; null for nothing.</param>
/// <param name="distillation">How far it is from its teacher; null where it has none.</param>
internal sealed class TrainingStep(
    ResNeXtModule module, Optimizer optimizer, WeightAverage? average, PixelNormalization normalization, TrainOptions options, Tensor? classWeights = null, RankGroup? ranks = null,
    nn.Module? projection = null, Distillation? distillation = null)
    : IDisposable
{
    private readonly GradientExchange _exchange = new(ranks ?? RankGroup.Alone, module, projection);
    private readonly float[]? _weights = classWeights?.cpu().data<float>().ToArray();

    /// <summary>How a batch is mixed. Its chance comes from numbers below 0, that of its images from 0 on.</summary>
    /// <param name="options">What is mixed.</param>
    /// <param name="size">Edge of the images.</param>
    /// <param name="seed">The epoch's seed.</param>
    /// <param name="batch">The batch of the epoch, from 0.</param>
    public static BatchMix? Mix(TrainOptions options, int size, int seed, int batch) =>
        BatchMix.Draw(options.MixupAlpha, options.CutmixAlpha, size, new Random(Seed.Of(seed, -1 - batch)));

    /// <summary>Forward and backward; the gradients are added to those that are there.</summary>
    /// <param name="batch">Images and classes.</param>
    /// <param name="running">Receives the loss, and how many images had the largest logit at their own class, mixed or not.</param>
    /// <param name="mix">How its images are mixed; null leaves them.</param>
    /// <param name="batches">Batches whose gradients the update will average.</param>
    public void Backward(LabeledBatch batch, RunningMetrics running, BatchMix? mix = null, int batches = 1)
    {
        using DisposeScope scope = NewDisposeScope();
        if (distillation is not null)
        {
            BackwardTaught(distillation, batch, running, batches);
            return;
        }

        Tensor logits = BatchLogits.Of(module, batch, normalization, mix, options.Amp is true);
        Tensor labels = tensor(batch.Labels, device: logits.device);
        Tensor mean = mix?.Loss(logits, labels, options.LabelSmoothing, classWeights)
            ?? nn.functional.cross_entropy(logits, labels, classWeights, label_smoothing: options.LabelSmoothing);
        double part = Share(batch) / batches;
        using Scalar share = part.ToScalar();
        (part == 1 ? mean : mean.mul(share)).backward();
        running.Add(mean, logits.detach().argmax(1).eq(labels).sum(), batch.Labels.Length);
    }

    /// <summary>Updates the network, unless a rank wants to stop.</summary>
    /// <param name="learningRate">The rate of this update.</param>
    /// <param name="step">Updates before it.</param>
    /// <param name="stop">Whether this rank wants to stop.</param>
    /// <returns>Whether any rank wants to; then nothing was updated.</returns>
    public bool Update(double learningRate, long step, bool stop = false)
    {
        if (_exchange.Sum(stop))
        {
            return true;
        }

        if (options.ClipGradNorm is double largest)
        {
            optimizer.ClipGradients(largest);
        }

        optimizer.Step(learningRate, step);
        optimizer.ZeroGradients();
        average?.Update(step);
        return false;
    }

    public void Dispose() => _exchange.Dispose();

    /// <summary>The same with a teacher: of each loss this rank has its own part.</summary>
    private void BackwardTaught(Distillation teacher, LabeledBatch batch, RunningMetrics running, int batches)
    {
        Tensor x = normalization.Apply(batch.Pixels);
        (Tensor logits, Tensor taught) = teacher.Forward(module, options.Amp is true ? x.to(ScalarType.BFloat16) : x, batch.Taught!);
        Tensor labels = tensor(batch.Labels, device: logits.device);
        using Scalar images = ((double)batch.Labels.Length / batch.LabelsOfAllRanks.Length / batches).ToScalar();
        Tensor whole = taught, own = taught.mul(images);
        if (options.LabelWeight > 0)
        {
            using Scalar weight = options.LabelWeight.Value.ToScalar();
            using Scalar one = 1.0.ToScalar();
            using Scalar share = (Share(batch) / batches).ToScalar();
            Tensor named = nn.functional.cross_entropy(logits, labels, classWeights, label_smoothing: options.LabelSmoothing).mul(weight);
            (whole, own) = (whole.add(named, one), own.add(named.mul(share), one));
        }

        own.backward();
        running.Add(whole, logits.detach().argmax(1).eq(labels).sum(), batch.Labels.Length);
    }

    /// <summary>What part of the loss of all ranks' images this rank's mean is: by their number, or their classes' weights.</summary>
    private double Share(LabeledBatch batch) => batch.LabelsOfAllRanks.Length == batch.Labels.Length ? 1 : Weight(batch.Labels) / Weight(batch.LabelsOfAllRanks);

    private double Weight(long[] labels) => _weights is null ? labels.Length : labels.Sum(label => (double)_weights[label]);
}
