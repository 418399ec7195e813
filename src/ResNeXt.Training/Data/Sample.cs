namespace ResNeXt.Training;

/// <summary>An image file and the number of its class.</summary>
internal readonly record struct Sample(string Path, int Label);
