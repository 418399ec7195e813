namespace ResNeXt.Training;

/// <summary>Learning rate as a pure function of the step.</summary>
internal static class LearningRateSchedule
{
    /// <summary>The rate of a step under the options, which are resolved.</summary>
    public static double At(long step, long steps, TrainOptions options)
    {
        double baseRate = options.LearningRate!.Value, warmup = options.WarmupEpochs!.Value * (steps / options.Epochs!.Value);
        return options.LearningRateSchedule switch
        {
            LearningRateScheduleKind.Step => WarmupSteps(step, steps, (long)Math.Round(warmup), baseRate, options.LearningRateSteps, options.LearningRateGamma),
            LearningRateScheduleKind.OneCycle => OneCycle(step, steps, warmup, baseRate),
            _ => WarmupCosine(step, steps, (long)Math.Round(warmup), baseRate),
        };
    }

    /// <summary>
    /// Linear warm-up to the base rate, then half a cosine down to zero (Loshchilov and Hutter 2017, without restarts). The first
    /// step already learns, the last one still does.
    /// </summary>
    /// <param name="step">The step, from 0.</param>
    /// <param name="steps">Steps of the whole run.</param>
    /// <param name="warmupSteps">Steps of the warm-up, less than <paramref name="steps"/>.</param>
    /// <param name="baseRate">The largest rate.</param>
    public static double WarmupCosine(long step, long steps, long warmupSteps, double baseRate)
    {
        double progress = (double)(step - warmupSteps) / (steps - warmupSteps);
        return step < warmupSteps ? Warmup(step, warmupSteps, baseRate) : baseRate * 0.5 * (1 + Math.Cos(Math.PI * progress));
    }

    /// <summary>Linear warm-up, then the base rate, multiplied by <paramref name="gamma"/> at each of some <paramref name="shares"/> of the run.</summary>
    public static double WarmupSteps(long step, long steps, long warmupSteps, double baseRate, IReadOnlyList<double> shares, double gamma) =>
        step < warmupSteps ? Warmup(step, warmupSteps, baseRate) : baseRate * Math.Pow(gamma, shares.Count(share => step >= Math.Round(share * steps)));

    /// <summary>
    /// From a 25th of the base rate up to it and down to nearly nothing, each half a cosine: PyTorch's <c>OneCycleLR</c> (Smith 2018)
    /// without its turn of the momentum.
    /// </summary>
    public static double OneCycle(long step, long steps, double warmupSteps, double baseRate)
    {
        const double First = 1.0 / 25, Last = First / 1e4;
        double peak = warmupSteps - 1;
        return step < peak
            ? Cosine(baseRate * First, baseRate, step / peak)
            : Cosine(baseRate, baseRate * Last, (step - peak) / Math.Max(steps - 1 - peak, 1));
    }

    private static double Warmup(long step, long warmupSteps, double baseRate) => baseRate * (step + 1) / (warmupSteps + 1);

    private static double Cosine(double from, double to, double progress) => to + ((from - to) / 2 * (1 + Math.Cos(Math.PI * progress)));
}
