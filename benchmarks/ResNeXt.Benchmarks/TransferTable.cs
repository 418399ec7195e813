namespace ResNeXt.Benchmarks;

/// <summary>A table with a column for each set of photos.</summary>
internal static class TransferTable
{
    public static string[] Head(string first, IReadOnlyList<TransferSet> sets, params string[] rest) =>
        [Row(first, [.. sets.Select(set => set.Name), .. rest]), "|" + string.Concat(Enumerable.Repeat("---|", 1 + sets.Count + rest.Length))];

    public static string Row(string first, IEnumerable<string> cells) => $"| {string.Join(" | ", [first, .. cells])} |";
}
