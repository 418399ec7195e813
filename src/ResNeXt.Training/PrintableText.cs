namespace ResNeXt.Training;

/// <summary>Text for a terminal that may quote a file.</summary>
internal static class PrintableText
{
    /// <summary>The same in one line that looks like what it is: control characters, and those that turn the direction of writing, become question marks.</summary>
    public static string Of(IEnumerable<char> text) => string.Concat(text.Select(c => (char.IsControl(c) && c != '\t') || TurnsDirection(c) ? '?' : c));

    private static bool TurnsDirection(char c) => c is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
