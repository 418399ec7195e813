using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training;

/// <summary>
/// Stochastic gradient descent with Nesterov's momentum and weight decay, as PyTorch computes it:
/// <c>g = grad + decay * p; v = momentum * v + g; p = p - rate * (g + momentum * v)</c>.
/// </summary>
internal sealed class NesterovSgd(IReadOnlyList<TrainedParameter> parameters, double momentum) : Optimizer(parameters)
{
    private readonly Tensor[] _velocities = ZerosLike(parameters);

    public override IEnumerable<(string Name, Tensor Value)> State => Named("momentum", _velocities);

    public override void Step(double learningRate, long step)
    {
        using var noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using Scalar one = 1.0.ToScalar();
        using Scalar kept = momentum.ToScalar();
        foreach ((TrainedParameter trained, Tensor velocity) in Parameters.Zip(_velocities))
        {
            if (trained.Parameter.grad is Tensor gradient)
            {
                using Scalar decay = trained.WeightDecay.ToScalar();
                using Scalar rate = (-learningRate * trained.RateScale).ToScalar();
                gradient.add_(trained.Parameter, decay);
                velocity.mul_(kept).add_(gradient, one);
                gradient.add_(velocity, kept);
                trained.Parameter.add_(gradient, rate);
            }
        }
    }
}
