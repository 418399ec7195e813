namespace ResNeXt.Training;

/// <summary>
/// Adds a random multiple of the principal components of ImageNet's colours (Krizhevsky et al. 2012), with the constants of the
/// paper's code. That adds to floats; here the sum is rounded and clipped to a byte.
/// </summary>
internal static class PcaLighting
{
    private static readonly double[] EigenValues = [0.2175, 0.0188, 0.0045];
    private static readonly double[][] EigenVectors = [[-0.5675, 0.7192, 0.4009], [-0.5808, -0.0045, -0.8140], [-0.5836, -0.6948, 0.4203]];

    /// <summary>Draws and applies.</summary>
    /// <param name="pixels">RGB bytes, changed in place.</param>
    /// <param name="standardDeviation">Of the three multiples; the paper's code takes 0.1.</param>
    /// <param name="random">Source of chance of this one image.</param>
    public static void Apply(Span<byte> pixels, double standardDeviation, Random random) =>
        Apply(pixels, [random.Normal(standardDeviation), random.Normal(standardDeviation), random.Normal(standardDeviation)]);

    /// <param name="pixels">RGB bytes, changed in place.</param>
    /// <param name="multiples">One for each component.</param>
    public static void Apply(Span<byte> pixels, double[] multiples)
    {
        double[] shifts = [.. EigenVectors.Select(row => 255 * row.Zip(EigenValues, multiples).Sum(t => t.First * t.Second * t.Third))];
        ToneCurve.Apply(pixels, (channel, value) => (byte)Math.Clamp(Math.Round(value + shifts[channel]), 0, 255));
    }
}
