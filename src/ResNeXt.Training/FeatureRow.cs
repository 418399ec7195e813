namespace ResNeXt.Training;

/// <summary>A line of a feature table.</summary>
internal sealed record FeatureRow(string Path, float[] Features);
