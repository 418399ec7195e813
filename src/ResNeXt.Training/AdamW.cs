using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training;

/// <summary>
/// Adam with weight decay apart from the gradient (Loshchilov and Hutter 2019), as PyTorch computes it, with its betas and epsilon:
/// <c>p = p - rate * decay * p; m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g g; p = p - rate / (1 - b1^t) * m / (sqrt(v / (1 - b2^t)) + eps)</c>.
/// </summary>
internal sealed class AdamW(IReadOnlyList<TrainedParameter> parameters) : Optimizer(parameters)
{
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.999;
    private const double Epsilon = 1e-8;

    private readonly Tensor[] _means = ZerosLike(parameters);
    private readonly Tensor[] _squares = ZerosLike(parameters);

    /// <summary>Under the names of <c>torch.optim.AdamW</c>.</summary>
    public override IEnumerable<(string Name, Tensor Value)> State => Named("exp_avg", _means).Concat(Named("exp_avg_sq", _squares));

    public override void Step(double learningRate, long step)
    {
        using var noGradient = no_grad();
        using Scalar one = 1.0.ToScalar();
        using Scalar beta1 = Beta1.ToScalar();
        using Scalar beta2 = Beta2.ToScalar();
        using Scalar share1 = (1 - Beta1).ToScalar();
        using Scalar share2 = (1 - Beta2).ToScalar();
        using Scalar epsilon = Epsilon.ToScalar();
        foreach ((TrainedParameter trained, Tensor mean, Tensor square) in Parameters.Zip(_means, _squares))
        {
            using DisposeScope scope = NewDisposeScope();
            if (trained.Parameter.grad is Tensor gradient)
            {
                long own = step - trained.FirstUpdate; // as PyTorch counts, which starts when there is a gradient
                using Scalar correction = Math.Sqrt(1 - Math.Pow(Beta2, own + 1)).ToScalar();
                double scaled = learningRate * trained.RateScale;
                using Scalar shrink = (1 - (scaled * trained.WeightDecay)).ToScalar();
                using Scalar rate = (-scaled / (1 - Math.Pow(Beta1, own + 1))).ToScalar();
                mean.mul_(beta1).add_(gradient, share1);
                square.mul_(beta2).addcmul_(gradient, gradient, share2);
                Tensor divisor = square.sqrt().div_(correction).add_(epsilon, one);
                trained.Parameter.mul_(shrink).addcdiv_(mean, divisor, rate);
            }
        }
    }
}
