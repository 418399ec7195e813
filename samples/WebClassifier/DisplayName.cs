using System.Globalization;

namespace WebClassifier;

/// <summary>A client's name for a file, as text to show: it opens nothing.</summary>
internal static class DisplayName
{
    public const int MaxLength = 80;

    /// <summary>The last part of the name, without characters that control a terminal or the direction of text, shortened.</summary>
    public static string Of(string? fileName)
    {
        string last = (fileName ?? "").Split('/', '\\')[^1];
        string shown = string.Concat(last.EnumerateRunes().Where(IsVisible).Take(MaxLength)).Trim();
        return shown.Length == 0 ? "image" : shown;
    }

    private static bool IsVisible(System.Text.Rune rune) => System.Text.Rune.GetUnicodeCategory(rune)
        is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}
