namespace ResNeXt.Training;

/// <summary>The images whose most probable class is of about the same probability.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="Confidence">Mean of that probability; NaN when there is none.</param>
/// <param name="Accuracy">Share of them that is right; NaN when there is none.</param>
internal readonly record struct CalibrationBin(int Count, double Confidence, double Accuracy);
