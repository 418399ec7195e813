using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ResNeXt.Training;

/// <summary>
/// Stochastic gradient descent with Nesterov's momentum and weight decay, as PyTorch computes it:
/// <c>g = grad + decay * p; v = momentum * v + g; p = p - rate * (g + momentum * v)</c>.
/// </summary>
/// <remarks>
/// TorchSharp's own optimizer hands numbers to libtorch as <see cref="Scalar"/> objects that nothing holds while the native code
/// reads them; a garbage collection at that moment frees them under it, and the process dies or, worse, computes with rubbish.
/// It was seen after some hundred steps beside a busy loader. Here every scalar is held by a <c>using</c> until its calls are over.
/// </remarks>
internal sealed class NesterovSgd : IDisposable
{
    private readonly (string Name, Parameter Parameter, Tensor Velocity)[] _states;
    private readonly double _momentum;
    private readonly double _weightDecay;

    public NesterovSgd(ResNeXtModule module, double momentum, double weightDecay)
    {
        _momentum = momentum;
        _weightDecay = weightDecay;
        _states = [.. module.named_parameters().Select(pair => (pair.name, pair.parameter, zeros_like(pair.parameter).DetachFromDisposeScope()))];
    }

    /// <summary>The velocity of each parameter, under the parameter's name.</summary>
    public IEnumerable<(string Name, Tensor Velocity)> Velocities => _states.Select(state => (state.Name, state.Velocity));

    public void ZeroGradients()
    {
        foreach ((_, Parameter parameter, _) in _states)
        {
            parameter.grad = null;
        }
    }

    public void Step(double learningRate)
    {
        using var noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using Scalar one = 1.0.ToScalar();
        using Scalar decay = _weightDecay.ToScalar();
        using Scalar momentum = _momentum.ToScalar();
        using Scalar rate = (-learningRate).ToScalar();
        foreach ((_, Parameter parameter, Tensor velocity) in _states)
        {
            if (parameter.grad is Tensor gradient)
            {
                gradient.add_(parameter, decay);
                velocity.mul_(momentum).add_(gradient, one);
                gradient.add_(velocity, momentum);
                parameter.add_(gradient, rate);
            }
        }
    }

    public void Dispose()
    {
        foreach ((_, _, Tensor velocity) in _states)
        {
            velocity.Dispose();
        }
    }
}
