namespace ResNeXt.Training;

/// <summary>An entry of the list and what became of it: values, or the reason why there are none.</summary>
internal sealed record PartRow(string Path, string Error, float[] Values);
