namespace ResNeXt.Training;

/// <summary>Text for lines that people copy into a shell.</summary>
internal static class ShellText
{
    private const string Plain = "-_./=,:+~\\@%";

    /// <summary>An argument as a shell takes it: in quotes where it must be.</summary>
    public static string Of(string argument) =>
        argument.Length > 0 && argument.All(c => char.IsLetterOrDigit(c) || Plain.Contains(c, StringComparison.Ordinal)) ? argument
        : OperatingSystem.IsWindows() ? $"\"{argument}\""
        : $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
