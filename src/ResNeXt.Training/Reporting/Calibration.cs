namespace ResNeXt.Training;

/// <summary>Whether a network is right as often as it says: of the images at 80 %, 80 % should be right (Guo et al. 2017).</summary>
/// <param name="Bins">The images by the probability of their most probable class, in <see cref="BinCount"/> ranges of equal width.</param>
/// <param name="ExpectedError">Mean distance of probability and share of right images over the bins, weighted by their images (ECE).</param>
/// <param name="Loss">Mean cross-entropy, in nats.</param>
internal sealed record Calibration(IReadOnlyList<CalibrationBin> Bins, double ExpectedError, double Loss)
{
    /// <summary>As in the paper.</summary>
    public const int BinCount = 15;

    private const double SmallestTemperature = 0.05;
    private const double LargestTemperature = 20;

    /// <summary>More images move a single number no more.</summary>
    private const int MostImagesToFit = 10_000;

    /// <param name="predictions">At least one.</param>
    /// <param name="temperature">What the logits are divided by first.</param>
    public static Calibration Of(Predictions predictions, double temperature = 1)
    {
        int[] counts = new int[BinCount], right = new int[BinCount];
        double[] confidences = new double[BinCount];
        double loss = 0;
        for (int i = 0; i < predictions.Count; i++)
        {
            double confidence = Math.Exp(LogProbability(predictions, i, predictions.Predicted(i), temperature));
            int bin = Math.Clamp((int)Math.Ceiling(confidence * BinCount) - 1, 0, BinCount - 1);
            counts[bin]++;
            right[bin] += predictions.IsRight(i) ? 1 : 0;
            confidences[bin] += confidence;
            loss -= LogProbability(predictions, i, predictions.Label(i), temperature);
        }

        CalibrationBin[] bins = [.. counts.Select((count, bin) => new CalibrationBin(count, confidences[bin] / count, (double)right[bin] / count))];
        double error = bins.Where(bin => bin.Count > 0).Sum(bin => bin.Count * Math.Abs(bin.Confidence - bin.Accuracy)) / predictions.Count;
        return new Calibration(bins, error, loss / predictions.Count);
    }

    /// <summary>
    /// What the logits must be divided by for the least loss on these images: above 1, the network is too sure. Golden-section search over its
    /// logarithm; the loss has one minimum, for it is convex in the reciprocal.
    /// </summary>
    /// <returns>0.05 to 20; null where every image is right: the loss falls to 0 with the temperature, which says nothing of other images.</returns>
    public static double? FitTemperature(Predictions predictions)
    {
        if (!predictions.Mistakes().Any())
        {
            return null;
        }

        double low = Math.Log(SmallestTemperature), high = Math.Log(LargestTemperature), ratio = (Math.Sqrt(5) - 1) / 2;
        int step = Math.Max(1, predictions.Count / MostImagesToFit);
        while (high - low > 1e-4)
        {
            double left = high - (ratio * (high - low)), right = low + (ratio * (high - low));
            if (LossAt(left) <= LossAt(right))
            {
                high = right;
            }
            else
            {
                low = left;
            }
        }

        return Math.Exp((low + high) / 2);

        double LossAt(double logarithm)
        {
            double sum = 0;
            for (int i = 0; i < predictions.Count; i += step)
            {
                sum -= LogProbability(predictions, i, predictions.Label(i), Math.Exp(logarithm));
            }

            return sum;
        }
    }

    // Logarithms of probabilities are logits but for a constant, which the softmax takes out again.
    private static double LogProbability(Predictions predictions, int image, int label, double temperature)
    {
        ReadOnlySpan<float> values = predictions.LogProbabilities(image);
        double largest = values[predictions.Predicted(image)], sum = 0;
        foreach (float value in values)
        {
            sum += Math.Exp((value - largest) / temperature);
        }

        return ((values[label] - largest) / temperature) - Math.Log(sum);
    }
}
