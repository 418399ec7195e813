namespace ResNeXt.Training;

/// <summary>Text for a terminal that may quote a file.</summary>
internal static class PrintableText
{
    /// <param name="text">The text.</param>
    /// <param name="kept">Control characters that stay; any other becomes a question mark.</param>
    public static string Of(IEnumerable<char> text, string kept = "") => string.Concat(text.Select(c => char.IsControl(c) && !kept.Contains(c) ? '?' : c));
}
