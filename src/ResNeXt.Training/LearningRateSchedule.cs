namespace ResNeXt.Training;

/// <summary>Learning rate as a pure function of the step.</summary>
internal static class LearningRateSchedule
{
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
        if (step < warmupSteps)
        {
            return baseRate * (step + 1) / (warmupSteps + 1);
        }

        double progress = (double)(step - warmupSteps) / (steps - warmupSteps);
        return baseRate * 0.5 * (1 + Math.Cos(Math.PI * progress));
    }
}
