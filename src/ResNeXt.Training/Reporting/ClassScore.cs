namespace ResNeXt.Training;

/// <summary>How well one class is told from the others.</summary>
/// <param name="Label">The class.</param>
/// <param name="Support">Its images.</param>
/// <param name="Precision">Share of what was taken for it that is of it; NaN when nothing was.</param>
/// <param name="Recall">Share of its images that were taken for it; NaN when it has none.</param>
internal readonly record struct ClassScore(int Label, int Support, double Precision, double Recall)
{
    /// <summary>Harmonic mean of both, 0 where nothing is right; NaN when the class has no image.</summary>
    public double F1 => Support == 0 ? double.NaN : Recall == 0 ? 0 : 2 * Precision * Recall / (Precision + Recall);
}
