namespace ResNeXt.Training;

/// <summary>Texts that are put beside each other as far as a line has room: the less important ones are left out first.</summary>
internal static class FittedLine
{
    private const string Gap = "  ";

    /// <param name="width">Characters of the line.</param>
    /// <param name="parts">In the order of the line, each with its rank: 0 is left out last. A text of null is none.</param>
    public static string Of(int width, params IEnumerable<(int Rank, string? Text)> parts)
    {
        (int Place, int Rank, string Text)[] all = [.. parts.Index().Where(part => part.Item.Text is not null).Select(part => (part.Index, part.Item.Rank, part.Item.Text!))];
        return string.Join(Gap, Kept(width, [.. all.Select(part => (part.Rank, part.Text.Length))]).Select(i => all[i].Text));
    }

    /// <summary>Which of some parts have room beside each other.</summary>
    /// <param name="width">Characters of the line.</param>
    /// <param name="parts">In the order of the line, each with its rank and its length.</param>
    /// <returns>Their numbers, in the order of the line; the most important one at least.</returns>
    public static IReadOnlyList<int> Kept(int width, IReadOnlyList<(int Rank, int Length)> parts)
    {
        var kept = new SortedSet<int>();
        int length = -Gap.Length;
        foreach (int i in Enumerable.Range(0, parts.Count).OrderBy(i => parts[i].Rank))
        {
            if (kept.Count > 0 && length + Gap.Length + parts[i].Length > width)
            {
                break;
            }

            kept.Add(i);
            length += Gap.Length + parts[i].Length;
        }

        return [.. kept];
    }
}
