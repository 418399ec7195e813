namespace ResNeXt.Training;

/// <summary>How a model is brought to 8 bits.</summary>
public sealed record QuantizationOptions
{
    /// <summary>How ranges of activations are chosen.</summary>
    /// <value>The default is <see cref="CalibrationMethod.Auto"/>.</value>
    public CalibrationMethod Method { get; init; } = CalibrationMethod.Auto;

    /// <summary>Calibration images that are used, spread evenly over those given; three quarters set the ranges, a quarter measures the result.</summary>
    /// <value>8 to 10,000. The default, null, is 256, or all where there are fewer.</value>
    public int? Images { get; init; }

    /// <summary>Bits of a weight.</summary>
    /// <value>
    /// 7 or 8. The default is 7: x86 processors before VNNI add two products of an 8-bit activation and an 8-bit weight in 16 bits, where large ones
    /// saturate; with 7 bits they cannot. Take 8 where every machine that will run the model has VNNI.
    /// </value>
    public int WeightBits { get; init; } = 7;

    /// <summary>Nodes that stay in float32, by the names of the report: convolutions (<c>layer1.0.conv2</c>) and additions (<c>layer1.0.add</c>).</summary>
    /// <value>The default is none. The head and the normalisation always stay: they are less than a thousandth of the work.</value>
    public IReadOnlyList<string> KeepFloat { get; init; } = [];

    internal const int LeastImages = 8;

    internal const int DefaultImages = 256;

    /// <exception cref="ArgumentException">A value is out of its range; the message names it.</exception>
    internal QuantizationOptions Validated() =>
        !Enum.IsDefined(Method) ? throw new ArgumentException($"{nameof(Method)} is {Method}: expected Auto, MinMax, Percentile, Entropy or Mse.")
        : Images is < LeastImages or > 10_000 ? throw new ArgumentException(FormattableString.Invariant($"{nameof(Images)} is {Images}: expected {LeastImages} to 10000 calibration images."))
        : WeightBits is < 7 or > 8 ? throw new ArgumentException(FormattableString.Invariant($"{nameof(WeightBits)} is {WeightBits}: expected 7 or 8 bits."))
        : this;
}
