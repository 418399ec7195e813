namespace ResNeXt.Training;

/// <summary>What a run must remember of its teacher: a resume needs the same.</summary>
/// <param name="Digest">SHA-256 of the file.</param>
/// <param name="Outputs">The values that are learned.</param>
/// <param name="Preparation">How a photo becomes its input.</param>
/// <param name="Width">Channels of its features; 0 for none.</param>
internal sealed record TaughtBy(string Digest, string Outputs, string Preparation, int Width);
