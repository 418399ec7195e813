using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training;

/// <summary>Turns gradients into steps. What it remembers between them has names, for the checkpoint.</summary>
/// <remarks>
/// TorchSharp's own optimizers hand numbers to libtorch as <see cref="Scalar"/> objects that nothing holds while the native code
/// reads them; a garbage collection at that moment frees them under it, and the process dies or, worse, computes with rubbish.
/// It was seen after some hundred steps beside a busy loader. Here every scalar is held by a <c>using</c> until its calls are over.
/// </remarks>
internal abstract class Optimizer(IReadOnlyList<TrainedParameter> parameters) : IDisposable
{
    /// <summary>What is remembered of each parameter, under the kind's and the parameter's names: <c>momentum.conv1.weight</c>.</summary>
    public abstract IEnumerable<(string Name, Tensor Value)> State { get; }

    protected IReadOnlyList<TrainedParameter> Parameters => parameters;

    public static Optimizer Of(IReadOnlyList<TrainedParameter> parameters, TrainOptions options) => options.Optimizer switch
    {
        OptimizerKind.AdamW => new AdamW(parameters),
        OptimizerKind.Lbfgs => new NesterovSgd([], options.Momentum), // no step is taken: the head is solved (HeadSolver)
        _ => new NesterovSgd(parameters, options.Momentum),
    };

    /// <param name="learningRate">The rate of this step.</param>
    /// <param name="step">Steps done before it, those before a resume included.</param>
    public abstract void Step(double learningRate, long step);

    public void ZeroGradients()
    {
        foreach (TrainedParameter parameter in parameters)
        {
            parameter.Parameter.grad = null;
        }
    }

    /// <summary>Shortens the gradient, all parameters' together, to a length, as <c>torch.nn.utils.clip_grad_norm_</c> does.</summary>
    public void ClipGradients(double largestNorm)
    {
        using var noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor[] gradients = [.. parameters.Select(parameter => parameter.Parameter.grad).OfType<Tensor>()];

        // Always multiplied, by 1 as a rule: to look at the length first would wait for the device.
        Tensor norm = stack(gradients.Select(gradient => gradient.norm())).norm();
        using Scalar one = 1.0.ToScalar();
        using Scalar largest = largestNorm.ToScalar();
        using Scalar epsilon = 1e-6.ToScalar();
        Tensor scale = norm.add_(epsilon, one).reciprocal_().mul_(largest).clamp_max_(one);
        foreach (Tensor gradient in gradients)
        {
            gradient.mul_(scale);
        }
    }

    public void Dispose()
    {
        foreach ((_, Tensor value) in State)
        {
            value.Dispose();
        }
    }

    /// <summary>Zeros beside every parameter.</summary>
    protected static Tensor[] ZerosLike(IReadOnlyList<TrainedParameter> parameters) =>
        [.. parameters.Select(parameter => zeros_like(parameter.Parameter, requires_grad: false).DetachFromDisposeScope())];

    protected IEnumerable<(string Name, Tensor Value)> Named(string kind, Tensor[] values) =>
        parameters.Zip(values, (parameter, value) => ($"{kind}.{parameter.Name}", value));
}
