using TorchSharp.Modules;

namespace ResNeXt.Training;

/// <summary>A parameter as an optimizer sees it.</summary>
/// <param name="Name">Its name in the network.</param>
/// <param name="Parameter">The values, with their gradient.</param>
/// <param name="WeightDecay">Its weight decay.</param>
/// <param name="RateScale">What the learning rate is multiplied by.</param>
/// <param name="FirstUpdate">Updates of the run before it starts to learn.</param>
internal sealed record TrainedParameter(string Name, Parameter Parameter, double WeightDecay, double RateScale = 1, long FirstUpdate = 0)
{
    /// <summary>Every parameter, all treated alike.</summary>
    public static IReadOnlyList<TrainedParameter> All(ResNeXtModule module, double weightDecay) =>
        [.. module.named_parameters().Select(pair => new TrainedParameter(pair.name, pair.parameter, weightDecay))];

    /// <summary>Those that the options let learn, sooner or later. The others are told to take no gradients, which spares the layers before them the way back.</summary>
    /// <param name="module">The network.</param>
    /// <param name="options">What learns, and how.</param>
    /// <param name="updates">Updates in an epoch.</param>
    public static IReadOnlyList<TrainedParameter> Of(ResNeXtModule module, TrainOptions options, long updates = 0)
    {
        int head = module.Stages.Count + 1;
        var trained = new List<TrainedParameter>();
        foreach ((string name, Parameter parameter) in module.named_parameters())
        {
            parameter.requires_grad = IsTrained(name, module, options);
            if (parameter.requires_grad)
            {
                double decay = parameter.dim() < 2 ? options.NormWeightDecay ?? options.WeightDecay!.Value : options.WeightDecay!.Value;
                int before = head - Depth(name, head);
                double scale = Math.Pow(options.LayerDecay, before) * (before == 0 ? 1 : options.BackboneLearningRateScale ?? 1);
                trained.Add(new TrainedParameter(name, parameter, decay, scale, FirstEpoch(name, head, options) * updates));
            }
        }

        return trained;
    }

    /// <summary>Those of the layer between a network's features and its teacher's: its bias does not decay.</summary>
    public static IEnumerable<TrainedParameter> OfProjection(Linear? projection, TrainOptions options) => projection is null ? [] :
        projection.named_parameters().Select(pair => new TrainedParameter(Checkpoint.TeacherPrefix + pair.name, pair.parameter, pair.parameter.dim() < 2 ? 0 : options.WeightDecay!.Value));

    /// <summary>Whether a parameter, or the batch normalisation of that name, learns.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="module">The network.</param>
    /// <param name="options">What learns.</param>
    /// <param name="epoch">In which epoch, from 0; by default in the end.</param>
    public static bool IsTrained(string name, ResNeXtModule module, TrainOptions options, int epoch = int.MaxValue)
    {
        int head = module.Stages.Count + 1;
        int first = options.Trainable switch { TrainableLayers.Head => head, TrainableLayers.LastStage => head - 1, _ => 0 };
        return Depth(name, head) >= first && FirstEpoch(name, head, options) <= epoch && !(options.FreezeBatchNorm && IsBatchNorm(name));
    }

    /// <summary>The head learns from the start, each stage before it some epochs later than the next, the stem last.</summary>
    private static long FirstEpoch(string name, int head, TrainOptions options) => (long)(head - Depth(name, head)) * (options.UnfreezeEpochs ?? 0);

    /// <summary>0 for the stem, 1 and on for the stages, the last for the head.</summary>
    internal static int Depth(string name, int head) =>
        name.StartsWith("layer", StringComparison.Ordinal) ? name["layer".Length] - '0'
        : name.StartsWith("fc", StringComparison.Ordinal) ? head
        : 0;

    private static bool IsBatchNorm(string name) =>
        name.StartsWith("bn", StringComparison.Ordinal) || name.Contains(".bn", StringComparison.Ordinal) || name.Contains(".downsample.1", StringComparison.Ordinal);
}
