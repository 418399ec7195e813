using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ResNeXt.Training;

/// <summary>
/// The exponential moving average of a network's weights and statistics over its steps. It often predicts better than the weights
/// themselves (Polyak and Juditsky 1992), and is what is validated and exported.
/// </summary>
internal sealed class WeightAverage : IDisposable
{
    private readonly (Tensor Average, Tensor Value)[] _pairs;
    private readonly double _decay;

    /// <param name="module">The network that learns.</param>
    /// <param name="average">Another one of its architecture; receives the average, and belongs to this object.</param>
    /// <param name="decay">How much of the average a step keeps.</param>
    /// <param name="projection">What learns beside it; null for nothing.</param>
    /// <param name="projectionAverage">Receives its average, and belongs to this object.</param>
    public WeightAverage(ResNeXtModule module, ResNeXtModule average, double decay, Linear? projection = null, Linear? projectionAverage = null)
    {
        (Module, Projection) = (average, projectionAverage);
        Module.eval();
        _decay = decay;
        _pairs = [.. average.state_dict().Values.Zip(module.state_dict().Values), .. projectionAverage?.parameters().Zip(projection!.parameters()) ?? []];
    }

    public ResNeXtModule Module { get; }

    /// <summary>The average of what learns beside the network; null for nothing.</summary>
    public Linear? Projection { get; }

    /// <summary>
    /// The decay of a step: that of timm's warm-up, <c>1 - (1 + step)^(-2/3)</c>, until it reaches the one that was asked for. The first
    /// weights, which are random, are soon forgotten.
    /// </summary>
    public static double DecayAt(long step, double decay) => Math.Min(1 - Math.Pow(1 + step, -2.0 / 3), decay);

    public void Update(long step)
    {
        double decay = DecayAt(step, _decay);
        using var noGradient = no_grad();
        using Scalar added = (1 - decay).ToScalar();
        foreach ((Tensor average, Tensor value) in _pairs)
        {
            if (average.is_floating_point() && decay > 0)
            {
                using Tensor difference = value - average; // zero for what is frozen, which so keeps its bits
                average.add_(difference, added);
            }
            else
            {
                average.copy_(value);
            }
        }
    }

    public void Dispose()
    {
        Module.Dispose();
        Projection?.Dispose();
    }
}
