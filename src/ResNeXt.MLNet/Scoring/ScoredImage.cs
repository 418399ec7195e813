namespace ResNeXt.MLNet;

/// <summary>What became of one image: its values, or the reason why there are none.</summary>
/// <param name="Name">The name of its <see cref="ImageSource"/>.</param>
/// <param name="Values">For each output asked for its vector, in the order asked; empty after an error.</param>
/// <param name="Error">Why the image could not be read, <see langword="null"/> when it could.</param>
internal sealed record ScoredImage(string Name, IReadOnlyList<float[]> Values, Exception? Error);
