using System.Globalization;
using ResNeXt.MLNet;
using ResNeXt.Training;

namespace ResNeXt.Benchmarks;

/// <summary>One way to fine-tune: a value for each axis of the grid, <see cref="Default"/> for what the trainer chooses by itself.</summary>
/// <param name="Values">Values by axis.</param>
internal sealed record FineTuningWay(IReadOnlyDictionary<string, string> Values)
{
    public const string Default = "default", Find = "find";

    /// <summary>The axes by name, with what each value does.</summary>
    private static readonly (string Name, Func<TrainOptions, string, TrainOptions> Apply)[] Axes =
    [
        ("weights", (options, value) => options with { Weights = value }),
        ("size", (options, value) => options with { ImageSize = Integer(value), Resize = Integer(value) }),
        ("opt", (options, value) => options with { Optimizer = Enum.Parse<OptimizerKind>(value, ignoreCase: true) }),
        ("lr", (options, value) => value == Find ? options : options with { LearningRate = Number(value) }),
        ("backbone", (options, value) => options with { BackboneLearningRateScale = Number(value) }),
        ("layer-decay", (options, value) => options with { LayerDecay = Number(value) }),
        ("epochs", (options, value) => options with { Epochs = Integer(value) }),
        ("batch", (options, value) => options with { BatchSize = Integer(value) }),
        ("freeze", (options, value) => value switch
        {
            "all" => options,
            "last-stage" => options with { Trainable = TrainableLayers.LastStage },
            "head" => options with { Trainable = TrainableLayers.Head },
            _ => options with { UnfreezeEpochs = Integer(value) },
        }),
        ("crop", (options, value) => value == "none" ? options with { NoAugmentation = true } : options with { CropScale = Number(value) }),
        ("ema", (options, value) => options with { ModelEma = true, ModelEmaDecay = Number(value) }),
        ("smoothing", (options, value) => options with { LabelSmoothing = Number(value) }),
        ("decay", (options, value) => options with { WeightDecay = Number(value) }),
        ("preset", (options, value) => TrainPreset.Apply(value, options)),
    ];

    public static IEnumerable<string> AxisNames => Axes.Select(axis => axis.Name);

    /// <summary>Whether the rate is looked for.</summary>
    public bool FindsRate => Values.GetValueOrDefault("lr") == Find;

    public string Weights => Values.TryGetValue("weights", out string? weights) && weights != Default ? weights : EmbeddedWeights.Name;

    /// <summary>Edge of the input; null for that of the weights.</summary>
    public int? Size => Values.TryGetValue("size", out string? size) && size != Default ? Integer(size) : null;

    /// <summary>Every combination of the values of each axis; those that the trainer refuses are left out.</summary>
    /// <param name="grid">Values by axis.</param>
    public static IReadOnlyList<FineTuningWay> All(IReadOnlyDictionary<string, string[]> grid)
    {
        IEnumerable<FineTuningWay> ways = [new FineTuningWay(new Dictionary<string, string>())];
        foreach ((string axis, string[] values) in grid)
        {
            ways = [.. ways.SelectMany(way => values.Select(value => new FineTuningWay(new Dictionary<string, string>(way.Values) { [axis] = value })))];
        }

        return [.. ways.Where(way => way.IsValid)];
    }

    /// <summary>What is not the default; a file by its name.</summary>
    public override string ToString()
    {
        string[] given = [.. Axes.Where(axis => Values.GetValueOrDefault(axis.Name, Default) != Default).Select(axis => $"{axis.Name}={(axis.Name == "weights" ? ShownWeights : Values[axis.Name])}")];
        return given.Length == 0 ? "defaults" : string.Join(' ', given);
    }

    /// <summary>Name of the weights: of a run's checkpoint the run's, too.</summary>
    public string ShownWeights => File.Exists(Weights) ? Path.Combine(Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(Weights))!), Path.GetFileName(Weights)) : Weights;

    /// <summary>The options of a run.</summary>
    /// <exception cref="FormatException">A value is no number.</exception>
    /// <exception cref="ArgumentException">A value is unknown.</exception>
    public TrainOptions Options(IReadOnlyList<LabeledImage> photos, string folder, int seed)
    {
        var options = new TrainOptions { Data = photos, Out = folder, Seed = seed, Weights = EmbeddedWeights.Name, Report = false };
        return Axes.Where(axis => Values.GetValueOrDefault(axis.Name, Default) != Default).Aggregate(options, (all, axis) => axis.Apply(all, Values[axis.Name]));
    }

    private bool IsValid
    {
        get
        {
            TrainOptions options = Options([], "", 0);
            try
            {
                options.Validated();
                return !FindsRate || !(options is { Trainable: TrainableLayers.Head, NoAugmentation: true, Optimizer: null or OptimizerKind.Lbfgs }); // solved: there is no rate to find
            }
            catch (ArgumentException exception)
            {
                Console.WriteLine($"left out, {this}: {exception.Message}");
                return false;
            }
        }
    }

    private static int Integer(string value) => int.Parse(value, CultureInfo.InvariantCulture);

    private static double Number(string value) => double.Parse(value, NumberStyles.Float, CultureInfo.InvariantCulture);
}
