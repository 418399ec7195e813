namespace ResNeXt.Training;

/// <summary>The command was called wrongly; ends with <see cref="ExitCode.Usage"/>.</summary>
internal sealed class UsageException(string message, Exception? inner = null) : Exception(message, inner);
