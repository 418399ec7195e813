namespace ResNeXt.MLNet;

/// <summary>What somebody who mistyped a name may have meant.</summary>
internal static class ClosestNames
{
    /// <summary>The three closest candidates, closest first; none that is further off than a third of the name.</summary>
    public static IEnumerable<string> To(string name, IEnumerable<string> candidates) => candidates
        .Select(candidate => (Name: candidate, Distance: Distance(name.ToUpperInvariant(), candidate.ToUpperInvariant())))
        .Where(candidate => candidate.Distance <= name.Length / 3)
        .OrderBy(candidate => candidate.Distance)
        .Take(3)
        .Select(candidate => candidate.Name);

    /// <summary>Insertions, deletions, substitutions and swaps of neighbours that turn one text into the other or into its beginning (Damerau and Levenshtein, with a free tail).</summary>
    internal static int Distance(string from, string to)
    {
        int[] row = [.. Enumerable.Range(0, to.Length + 1)], before = row, beforeThat = row; // from the part of `from` that was seen to each beginning of `to`
        for (int i = 0; i < from.Length; i++)
        {
            (beforeThat, before, row) = (before, row, new int[to.Length + 1]);
            row[0] = i + 1;
            for (int j = 0; j < to.Length; j++)
            {
                row[j + 1] = Math.Min(Math.Min(before[j + 1], row[j]) + 1, before[j] + (from[i] == to[j] ? 0 : 1));
                if (i > 0 && j > 0 && from[i] == to[j - 1] && from[i - 1] == to[j])
                {
                    row[j + 1] = Math.Min(row[j + 1], beforeThat[j - 1] + 1);
                }
            }
        }

        return row.Min();
    }
}
