namespace ResNeXt.Training;

/// <summary>How the loss went while the learning rate rose.</summary>
/// <param name="Points">The updates, up to where the loss left the scale; the rate rises by the same factor from one to the next.</param>
public sealed record LearningRateSweep(IReadOnlyList<LearningRatePoint> Points)
{
    /// <summary>Neighbours count by a bell curve of this standard deviation, in updates.</summary>
    private const double Width = 3;

    /// <summary>The rate at which the smoothed loss falls fastest, against the logarithm of the rate (fastai's "steep").</summary>
    /// <value>Null when the loss never fell.</value>
    public double? Suggestion
    {
        get
        {
            // The ends have neighbours on one side only: their slopes are not to be trusted.
            double steepest = 0;
            double? rate = null;
            for (int i = (int)Width; i < Points.Count - (int)Width; i++)
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
