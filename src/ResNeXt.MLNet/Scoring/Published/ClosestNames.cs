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

    /// <summary>Insertions, deletions and substitutions that turn one text into the other or into its beginning (Levenshtein with a free tail).</summary>
    internal static int Distance(string from, string to)
    {
        int[] row = [.. Enumerable.Range(0, to.Length + 1)]; // from the part of `from` that was seen to each beginning of `to`
        for (int i = 0; i < from.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i + 1;
            for (int j = 0; j < to.Length; j++)
            {
                int above = row[j + 1];
                row[j + 1] = Math.Min(Math.Min(above, row[j]) + 1, diagonal + (from[i] == to[j] ? 0 : 1));
                diagonal = above;
            }
        }

        return row.Min();
    }
}
