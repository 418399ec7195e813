namespace ResNeXt.Benchmarks;

/// <summary>A table with a column for each set of photos.</summary>
internal static class TransferTable
{
    public static string[] Head(string first, IReadOnlyList<TransferSet> sets, params string[] rest)
    {
        string[] columns = [.. sets.Select(set => set.Name), .. rest];
        return [Row(first, columns), "|" + string.Concat(Enumerable.Repeat("---|", 1 + columns.Length))];
    }

    public static string Row(string first, IEnumerable<string> cells) => $"| {string.Join(" | ", [first, .. cells])} |";
}
