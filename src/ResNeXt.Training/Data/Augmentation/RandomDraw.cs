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

    /// <summary>The symmetric beta distribution, on 0 to 1.</summary>
    /// <remarks>A ratio of gamma variates, of their logarithms: for a small alpha both are 0 as numbers.</remarks>
    public static double Beta(this Random random, double alpha) => 1 / (1 + Math.Exp(random.LogGamma(alpha) - random.LogGamma(alpha)));

    /// <summary>The logarithm of a gamma variate (Marsaglia and Tsang 2000), its shape raised by one as they advise for small ones.</summary>
    private static double LogGamma(this Random random, double shape)
    {
        double d = shape + 1 - (1.0 / 3), c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            double x = random.Normal(1), v = Math.Pow(1 + (c * x), 3);
            if (v > 0 && Math.Log(1 - random.NextDouble()) < (0.5 * x * x) + d - (d * v) + (d * Math.Log(v)))
            {
                return Math.Log(d * v) + (Math.Log(1 - random.NextDouble()) / shape);
            }
        }
    }
}
