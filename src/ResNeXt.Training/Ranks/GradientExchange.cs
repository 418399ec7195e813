using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training;

/// <summary>Sums the gradients of all ranks, and asks on the way whether one of them wants to stop: then all do, at the same update.</summary>
/// <param name="ranks">The ranks.</param>
/// <param name="module">The network, whose gradients are there.</param>
/// <param name="projection">What learns beside it; null for nothing.</param>
internal sealed class GradientExchange(RankGroup ranks, ResNeXtModule module, nn.Module? projection = null) : IDisposable
{
    private Tensor? _flat; // all gradients one after another, and the wish to stop

    /// <param name="stop">Whether this rank wants to stop.</param>
    /// <returns>Whether any rank wants to.</returns>
    public bool Sum(bool stop)
    {
        if (ranks.IsAlone)
        {
            return stop;
        }

        using var noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor[] gradients = [.. module.parameters().Concat(projection?.parameters() ?? []).Select(parameter => parameter.grad).OfType<Tensor>()];
        Tensor flat = Room(gradients);
        using Scalar wish = (stop ? 1f : 0f).ToScalar();
        flat.narrow(0, flat.numel() - 1, 1).fill_(wish);
        Visit(gradients, flat, (gradient, part) => part.copy_(gradient));
        ranks.Sum(flat);
        Visit(gradients, flat, (gradient, part) => gradient.copy_(part));
        return flat.narrow(0, flat.numel() - 1, 1).cpu().ToDouble() > 0;
    }

    public void Dispose() => _flat?.Dispose();

    private static void Visit(Tensor[] gradients, Tensor flat, Action<Tensor, Tensor> visit)
    {
        long place = 0;
        foreach (Tensor gradient in gradients)
        {
            visit(gradient, flat.narrow(0, place, gradient.numel()).view(gradient.shape));
            place += gradient.numel();
        }
    }

    /// <summary>As much as the layers that learn need: it grows when another stage begins to.</summary>
    private Tensor Room(Tensor[] gradients)
    {
        long count = gradients.Sum(gradient => gradient.numel()) + 1;
        if (_flat?.numel() != count)
        {
            _flat?.Dispose();
            _flat = zeros(count, gradients[0].dtype, gradients[0].device).DetachFromDisposeScope();
        }

        return _flat!;
    }
}
