using TorchSharp.Modules;

namespace ResNeXt.Training;

/// <summary>A parameter as an optimizer sees it.</summary>
/// <param name="Name">Its name in the network.</param>
/// <param name="Parameter">The values, with their gradient.</param>
/// <param name="WeightDecay">Its weight decay.</param>
/// <param name="RateScale">What the learning rate is multiplied by.</param>
internal sealed record TrainedParameter(string Name, Parameter Parameter, double WeightDecay, double RateScale = 1)
{
    /// <summary>Every parameter, all treated alike.</summary>
    public static IReadOnlyList<TrainedParameter> All(ResNeXtModule module, double weightDecay) =>
        [.. module.named_parameters().Select(pair => new TrainedParameter(pair.name, pair.parameter, weightDecay))];

    /// <summary>Those that the options let learn. The others are told to take no gradients, which spares the layers before them the way back.</summary>
    public static IReadOnlyList<TrainedParameter> Of(ResNeXtModule module, TrainOptions options)
    {
        int head = module.Stages.Count + 1;
        var trained = new List<TrainedParameter>();
        foreach ((string name, Parameter parameter) in module.named_parameters())
        {
            parameter.requires_grad = IsTrained(name, module, options);
            if (parameter.requires_grad)
            {
                double decay = parameter.dim() < 2 ? options.NormWeightDecay ?? options.WeightDecay!.Value : options.WeightDecay!.Value;
                trained.Add(new TrainedParameter(name, parameter, decay, Math.Pow(options.LayerDecay, head - Depth(name, head))));
            }
        }

        return trained;
    }

    /// <summary>Whether a parameter, or the batch normalisation of that name, learns.</summary>
    public static bool IsTrained(string name, ResNeXtModule module, TrainOptions options)
    {
        int head = module.Stages.Count + 1;
        int first = options.Trainable switch { TrainableLayers.Head => head, TrainableLayers.LastStage => head - 1, _ => 0 };
        return Depth(name, head) >= first && !(options.FreezeBatchNorm && IsBatchNorm(name));
    }

    /// <summary>0 for the stem, 1 and on for the stages, the last for the head.</summary>
    internal static int Depth(string name, int head) =>
        name.StartsWith("layer", StringComparison.Ordinal) ? name["layer".Length] - '0'
        : name.StartsWith("fc", StringComparison.Ordinal) ? head
        : 0;

    private static bool IsBatchNorm(string name) =>
        name.StartsWith("bn", StringComparison.Ordinal) || name.Contains(".bn", StringComparison.Ordinal) || name.Contains(".downsample.1", StringComparison.Ordinal);
}
