namespace ResNeXt.Training;

/// <summary>How the loss went while the learning rate rose.</summary>
/// <param name="Points">The updates, up to where the loss left the scale; the rate rises by the same factor from one to the next.</param>
public sealed record LearningRateSweep(IReadOnlyList<LearningRatePoint> Points)
{
    /// <summary>Neighbours count by a bell curve of this standard deviation, in updates.</summary>
    private const double Width = 3;

    /// <summary>A fall, or a rise, of the smoothed loss counts from so many standard deviations of a single update's loss on.</summary>
    private const double Noise = 1.5;

    /// <summary>
    /// The rate at which the smoothed loss falls fastest, against the logarithm of the rate (fastai's "steep"), on the way down to its first minimum: a loss that
    /// comes back from a divergence falls faster still, at a rate that no training survives.
    /// </summary>
    /// <value>Null when the loss never fell by more than its noise.</value>
    public double? Suggestion
    {
        get
        {
            // The ends have neighbours on one side only: their slopes are not to be trusted.
            double steepest = 0;
            double? rate = null;
            for (int i = (int)Width; i < Math.Min(Lowest(), Points.Count - (int)Width); i++)
            {
                double slope = Points[i + 1].SmoothedLoss - Points[i - 1].SmoothedLoss;
                if (slope < steepest)
                {
                    (steepest, rate) = (slope, Points[i].LearningRate);
                }
            }

            return rate;
        }
    }

    /// <summary>The smallest smoothed loss before it rises by half of what it had fallen; 0 when it had not fallen.</summary>
    private int Lowest()
    {
        double[] scatter = [.. Points.Select(point => Math.Abs(point.Loss - point.SmoothedLoss)).Order()];
        double noise = Noise * 1.4826 * scatter[scatter.Length / 2]; // the median knows nothing of the few updates of a divergence
        int lowest = 0;
        for (int i = 1; i < Points.Count; i++)
        {
            double loss = Points[i].SmoothedLoss, least = Points[lowest].SmoothedLoss;
            if (loss - least > Math.Max(noise, (Points[0].SmoothedLoss - least) / 2))
            {
                break;
            }

            lowest = loss < least ? i : lowest;
        }

        return Points[0].SmoothedLoss - Points[lowest].SmoothedLoss > noise ? lowest : 0;
    }

    /// <summary>Smooths the losses of a sweep.</summary>
    internal static LearningRateSweep Of(IReadOnlyList<(double Rate, double Loss)> updates) =>
        new([.. updates.Select((update, i) => new LearningRatePoint(update.Rate, update.Loss, Smoothed(updates, i)))]);

    private static double Smoothed(IReadOnlyList<(double Rate, double Loss)> updates, int center)
    {
        double sum = 0, weights = 0;
        for (int i = 0; i < updates.Count; i++)
        {
            double distance = (i - center) / Width, weight = Math.Exp(-0.5 * distance * distance);
            sum += weight * updates[i].Loss;
            weights += weight;
        }

        return sum / weights;
    }
}
