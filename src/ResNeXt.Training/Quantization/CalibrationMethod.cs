namespace ResNeXt.Training;

/// <summary>How the range of an activation is chosen from what calibration images gave.</summary>
public enum CalibrationMethod
{
    /// <summary>Try all of them and take the one whose features are nearest to the float model's on images held back.</summary>
    Auto,

    /// <summary>From the smallest to the largest value seen: nothing is clipped.</summary>
    MinMax,

    /// <summary>All but one value in ten thousand at each end.</summary>
    Percentile,

    /// <summary>The clipping that loses the least information: smallest Kullback-Leibler divergence of the histogram from its 8-bit form.</summary>
    Entropy,

    /// <summary>The clipping with the smallest mean squared error.</summary>
    Mse,
}
