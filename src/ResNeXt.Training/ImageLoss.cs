namespace ResNeXt.Training;

/// <summary>How a network did on one image.</summary>
/// <param name="Rank">Classes that it found more probable than the right one.</param>
/// <param name="Loss">Cross-entropy in nats.</param>
internal readonly record struct ImageLoss(int Rank, float Loss)
{
    /// <param name="logProbabilities">Logarithms of the class probabilities.</param>
    /// <param name="label">The class. Classes that tie with it and come before it outrank it.</param>
    public static ImageLoss Of(ReadOnlySpan<float> logProbabilities, int label)
    {
        float own = logProbabilities[label];
        int rank = 0;
        for (int i = 0; i < logProbabilities.Length; i++)
        {
            // A NaN never outranks, so a network of NaNs must not look perfect.
            if (logProbabilities[i] > own || (logProbabilities[i] == own && i < label) || float.IsNaN(own))
            {
                rank++;
            }
        }

        return new ImageLoss(rank, -own);
    }
}
