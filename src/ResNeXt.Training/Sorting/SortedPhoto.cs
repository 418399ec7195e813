namespace ResNeXt.Training;

/// <summary>A line of <c>sorted.csv</c>.</summary>
/// <param name="From">Where the photo was, a full path.</param>
/// <param name="To">Where it is, below the folder: <c>label/name.jpg</c>.</param>
/// <param name="Label">The most probable class.</param>
/// <param name="Probability">Its probability.</param>
internal sealed record SortedPhoto(string From, string To, string Label, float Probability);
