namespace ResNeXt.Training;

/// <summary>The form of an exported file. Every form computes the same function, up to the precision asked for.</summary>
public sealed record ExportOptions
{
    /// <summary>Also give out the feature map of every stage: <c>c2</c>, <c>c3</c>, ..., <c>[N, C, H, W]</c>.</summary>
    public bool Stages { get; init; }

    /// <summary>Also give out where each class is seen, <c>cam</c>, <c>[N, classes, H, W]</c>: what <see cref="ResNeXtPredictor.HeatMap"/> needs.</summary>
    public bool ActivationMaps { get; init; }

    /// <summary>How weights are stored and computed with.</summary>
    /// <value>The default is <see cref="ModelPrecision.Float32"/>.</value>
    public ModelPrecision Precision { get; init; } = ModelPrecision.Float32;

    /// <summary>Neighbouring groups of the 3x3 convolutions are joined until a group has this many channels (docs/performance.md).</summary>
    /// <value>1 leaves them as trained, at most 1024. The default, null, is 16, and 32 for <see cref="ModelPrecision.Int8"/>.</value>
    public int? MergeGroups { get; init; }

    /// <summary>Paths of typical images, of all classes, that set the ranges of activations.</summary>
    /// <value>Required for <see cref="ModelPrecision.Int8"/>, of no use otherwise.</value>
    public IReadOnlyList<string>? Calibration { get; init; }

    /// <summary>How the model is brought to 8 bits, for <see cref="ModelPrecision.Int8"/>.</summary>
    public QuantizationOptions Quantization { get; init; } = new();

    /// <exception cref="ArgumentException">A value is out of its range or does not go with another; the message names it.</exception>
    internal ExportOptions Validated()
    {
        Quantization.Validated();
        return !Enum.IsDefined(Precision) ? throw new ArgumentException($"{nameof(Precision)} is {Precision}: expected Float32, Float16 or Int8.")
            : MergeGroups is < 1 or > 1024 ? throw new ArgumentException(FormattableString.Invariant($"{nameof(MergeGroups)} is {MergeGroups}: expected 1 to 1024 channels."))
            : Precision == ModelPrecision.Int8 && Calibration is null ? throw new ArgumentException($"{nameof(Precision)} Int8 needs {nameof(Calibration)}: typical images that set the ranges of activations.")
            : Precision != ModelPrecision.Int8 && Calibration is not null ? throw new ArgumentException($"{nameof(Calibration)} is given for precision {Precision}: expected Int8, no other needs it.")
            : this;
    }
}
