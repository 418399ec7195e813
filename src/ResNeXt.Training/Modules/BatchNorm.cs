using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ResNeXt.Training;

/// <summary>
/// Batch normalisation of <c>[N, C, H, W]</c>, as <c>torch.nn.BatchNorm2d</c> with its defaults. TorchSharp's own module counts batches
/// through a <see cref="Scalar"/> that nothing holds (see <see cref="NesterovSgd"/>) and now and then takes the process down.
/// </summary>
internal sealed class BatchNorm : Module<Tensor, Tensor>
{
    public const double Epsilon = 1e-5;
    private const double Momentum = 0.1;

    public readonly Parameter weight;
    public readonly Parameter bias;
    public readonly Tensor running_mean;
    public readonly Tensor running_var;
    public readonly Tensor num_batches_tracked;

    /// <summary>Whether statistics are those of all ranks' images.</summary>
    public bool IsSynchronized { get; set; }

    public BatchNorm(int channels)
        : base(nameof(BatchNorm))
    {
        // A module outlives the scope that it is made in.
        using DisposeScope scope = NewDisposeScope();
        weight = (Parameter)new Parameter(ones(channels)).DetachFromDisposeScope();
        bias = (Parameter)new Parameter(zeros(channels)).DetachFromDisposeScope();
        running_mean = zeros(channels).DetachFromDisposeScope();
        running_var = ones(channels).DetachFromDisposeScope();
        num_batches_tracked = tensor(0L).DetachFromDisposeScope();
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        if (training)
        {
            using Scalar one = 1L.ToScalar();
            num_batches_tracked.add_(one, one);
        }

        return training && IsSynchronized
            ? Synchronized(x.to(weight.dtype)).to(x.dtype)
            : functional.batch_norm(x, running_mean, running_var, weight, bias, training, Momentum, Epsilon);
    }

    /// <summary>In two passes, mean first: the difference of large squares would lose the digits that ranks must agree in.</summary>
    private Tensor Synchronized(Tensor x)
    {
        using DisposeScope scope = NewDisposeScope();
        double[] images = [x.shape[0] * x.shape[2] * x.shape[3]];
        SumOverRanks.Ranks.Sum(images);
        long[] places = [0, 2, 3];
        using Scalar share = (1 / images[0]).ToScalar();
        using Scalar epsilon = Epsilon.ToScalar();
        using Scalar one = 1.0.ToScalar();
        Tensor mean = SumOverRanks.apply(x.sum(places)).mul(share); // [C]
        Tensor centered = x.sub(Wide(mean));
        Tensor variance = SumOverRanks.apply(centered.mul(centered).sum(places)).mul(share); // [C]
        Follow(running_mean, mean);
        using Scalar unbiased = (images[0] / Math.Max(images[0] - 1, 1)).ToScalar();
        Follow(running_var, variance.mul(unbiased));
        return centered.mul(Wide(variance.add(epsilon, one).rsqrt())).mul(Wide(weight)).add(Wide(bias), one).MoveToOuterDisposeScope();
    }

    private static Tensor Wide(Tensor channels) => channels.view(1, -1, 1, 1);

    private static void Follow(Tensor running, Tensor now)
    {
        using var noGradient = no_grad();
        using Scalar kept = (1 - Momentum).ToScalar();
        using Scalar added = Momentum.ToScalar();
        running.mul_(kept).add_(now.detach(), added);
    }
}
