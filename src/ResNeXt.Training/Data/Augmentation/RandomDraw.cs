namespace ResNeXt.Training;

/// <summary>Draws from the distributions that the recipes name.</summary>
internal static class RandomDraw
{
    public static double Uniform(this Random random, double min, double max) => min + (random.NextDouble() * (max - min));

    /// <summary>Uniform in the logarithm: as often between 1/2 and 1 as between 1 and 2.</summary>
    public static double LogUniform(this Random random, double min, double max) => Math.Exp(Math.Log(min) + (random.NextDouble() * Math.Log(max / min)));

    /// <summary>Normal with mean 0 (Box and Muller 1958).</summary>
    public static double Normal(this Random random, double standardDeviation)
    {
        double radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())); // 1 - u: the logarithm of 0 never comes
        return standardDeviation * radius * Math.Cos(2 * Math.PI * random.NextDouble());
    }
}
