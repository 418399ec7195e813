using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training;

/// <summary>
/// The last layer as a regression to its end: the minimum of PyTorch's cross-entropy, with smoothing and class weights, plus half the weight decay times the squared
/// weights, over features of mean 0 and deviation 1. Scale and shift then go into weight and bias, so the layer is as any other.
/// </summary>
/// <param name="batches">The features of all images, read anew at each evaluation.</param>
/// <param name="width">Features of an image.</param>
/// <param name="targets">What each class's images are to be, <c>[classes, classes]</c>, by what they count: <see cref="Targets"/>.</param>
/// <param name="counted">What a class's images count in the mean, <c>[classes]</c>.</param>
/// <param name="weightDecay">Weight decay; the bias has none.</param>
/// <param name="cancellation">Stops between two batches.</param>
/// <remarks>In doubles on the CPU: a sum in floats would end the search early. An addition without its <see cref="Scalar"/> would make one that nothing holds, and so would
/// a square.</remarks>
internal sealed class HeadSolver(IEnumerable<LabeledBatch> batches, int width, double[,] targets, double[] counted, double weightDecay, CancellationToken cancellation)
{
    /// <summary>Without weight decay, classes that can be told apart have no minimum: the loss nears 0 for ever.</summary>
    private const int MostIterations = 1000;

    private const double Tolerance = 1e-6;

    /// <summary>What a variance must be at least, as a part of the squared mean: below, the feature differs by rounding alone.</summary>
    private static readonly double[] Rounding = [1e-12];

    private readonly int _classes = counted.Length;

    /// <summary>The head of a run.</summary>
    public static HeadSolution Solve(IEnumerable<LabeledBatch> batches, int width, TrainOptions options, DataSplit data, CancellationToken cancellation)
    {
        float[] weights = options.ClassWeights?.For(data) ?? [.. data.Labels.Select(_ => 1f)];
        double[] shown = [.. (options.ClassBalanced ? ClassWeights.Balanced.For(data) : weights.Select(_ => 1f)).Select(share => (double)share)];
        double[] counted = [.. shown.Zip(weights, (share, weight) => share * weight)];
        return new HeadSolver(batches, width, Targets(weights, shown, options.LabelSmoothing), counted, options.WeightDecay!.Value, cancellation).Run();
    }

    /// <summary>As PyTorch smooths: the spread part of the target counts by the class that it falls on.</summary>
    /// <param name="weights">Weight of each class.</param>
    /// <param name="shown">How often its images are shown.</param>
    /// <param name="smoothing">Share of the target that is spread.</param>
    public static double[,] Targets(float[] weights, double[] shown, double smoothing)
    {
        int classes = weights.Length;
        double[,] targets = new double[classes, classes];
        for (int label = 0; label < classes; label++)
        {
            for (int to = 0; to < classes; to++)
            {
                targets[label, to] = shown[label] * weights[to] * ((smoothing / classes) + (to == label ? 1 - smoothing : 0));
            }
        }

        return targets;
    }

    public HeadSolution Run()
    {
        using var noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        (Tensor mean, Tensor scale) = Standardization();
        Tensor rows = tensor(targets);
        double[] solution = new double[_classes * (width + 1)];
        double total = Enumerable.Sum(Labels(), label => counted[label]);
        LimitedMemoryBfgs.Minimize((x, gradient) => Evaluate(x, gradient, mean, scale, rows, total).Objective, solution, Tolerance, MostIterations);

        (_, double loss, long right, long images) = Evaluate(solution, new double[solution.Length], mean, scale, rows, total);
        (Tensor weight, Tensor bias) = Raw(solution, mean, scale);
        return new HeadSolution(
            weight.to(ScalarType.Float32).contiguous().data<float>().ToArray(), bias.to(ScalarType.Float32).data<float>().ToArray(), loss, (double)right / images);
    }

    private IEnumerable<long> Labels() => batches.SelectMany(batch => batch.Labels);

    /// <returns>Mean of each feature, and what makes its deviation 1; 0 where it is the same in all images.</returns>
    private (Tensor Mean, Tensor Scale) Standardization()
    {
        Tensor count = tensor(new[] { (double)Labels().LongCount() }), least = tensor(Rounding);
        Tensor mean = Sum(x => x).div(count), variance = Sum(Squares).div(count);
        return (mean, where(variance.gt(mean.mul(mean).mul(least)), variance.rsqrt(), zeros_like(variance)));

        Tensor Squares(Tensor x)
        {
            Tensor centered = x.sub(mean);
            return centered.mul(centered);
        }

        Tensor Sum(Func<Tensor, Tensor> of)
        {
            using Scalar one = 1.0.ToScalar();
            Tensor sum = zeros(width, ScalarType.Float64);
            foreach (LabeledBatch batch in batches)
            {
                using DisposeScope inner = NewDisposeScope();
                sum.add_(of(Features(batch)).sum(0L), one); // 0 alone would be a type
            }

            return sum;
        }
    }

    // [classes * width + classes] on standardised features -> [classes, width], [classes] on features as they are
    private (Tensor Weight, Tensor Bias) Raw(double[] x, Tensor mean, Tensor scale)
    {
        Tensor all = tensor(x).clone(), weight = all.narrow(0, 0, (long)_classes * width).view(_classes, width).mul(scale);
        return (weight, all.narrow(0, (long)_classes * width, _classes).sub(weight.mv(mean)));
    }

    private Tensor Features(LabeledBatch batch)
    {
        cancellation.ThrowIfCancellationRequested();
        return tensor(batch.Features!, batch.Labels.Length, width).to(ScalarType.Float64);
    }

    private (double Objective, double Loss, long Right, long Images) Evaluate(double[] x, double[] gradient, Tensor mean, Tensor scale, Tensor rows, double total)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor weight, Tensor bias) = Raw(x, mean, scale);
        Tensor byWeight = zeros([_classes, width], ScalarType.Float64), byBias = zeros([_classes], ScalarType.Float64);
        using Scalar one = 1.0.ToScalar();
        double loss = 0;
        long right = 0, images = 0;
        foreach (LabeledBatch batch in batches)
        {
            using DisposeScope inner = NewDisposeScope();
            Tensor features = Features(batch), labels = tensor(batch.Labels), wanted = rows.index_select(0, labels);
            Tensor logits = nn.functional.linear(features, weight, bias), logProbabilities = nn.functional.log_softmax(logits, 1);
            loss -= logProbabilities.mul(wanted).sum().item<double>();
            Tensor difference = logProbabilities.exp().mul(wanted.sum(1, keepdim: true)).sub(wanted); // by logit
            byWeight.add_(difference.t().matmul(features), one);
            byBias.add_(difference.sum(0L), one);
            right += logits.argmax(1).eq(labels).sum().item<long>();
            images += batch.Labels.Length;
        }

        // Back to standardised features: (x - mean) * scale is what the weights were multiplied by.
        ReadOnlySpan<double> ofWeight = byWeight.sub(byBias.outer(mean)).mul(scale).contiguous().data<double>().ToArray(), ofBias = byBias.data<double>().ToArray();
        double squares = 0;
        for (int i = 0; i < ofWeight.Length; i++)
        {
            gradient[i] = (ofWeight[i] / total) + (weightDecay * x[i]);
            squares += x[i] * x[i];
        }

        for (int i = 0; i < ofBias.Length; i++)
        {
            gradient[ofWeight.Length + i] = ofBias[i] / total;
        }

        loss /= total;
        return (loss + (weightDecay / 2 * squares), loss, right, images);
    }
}
