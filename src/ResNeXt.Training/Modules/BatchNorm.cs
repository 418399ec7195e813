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

        return functional.batch_norm(x, running_mean, running_var, weight, bias, training, Momentum, Epsilon);
    }
}
