namespace ResNeXt.Training;

/// <summary>Finds files of equal content. Only files of equal length are opened, and only those that end alike are read whole.</summary>
internal static class DuplicateFiles
{
    /// <summary>The end tells files apart better than the beginning, which is the camera's.</summary>
    private const int TailBytes = 4096;

    /// <param name="files">Path and length of each.</param>
    /// <param name="cancellation">Stops between two files.</param>
    /// <returns>Groups of two or more by their place in the list, in order.</returns>
    public static IReadOnlyList<int[]> Find(IReadOnlyList<(string Path, long Length)> files, CancellationToken cancellation)
    {
        IEnumerable<int[]> groups = Together(Enumerable.Range(0, files.Count), i => files[i].Length);
        groups = Split(groups, i => FileDigest.Of(files[i].Path, TailBytes), cancellation);
        groups = Split(groups.Where(group => files[group[0]].Length > TailBytes), i => FileDigest.Of(files[i].Path), cancellation)
            .Concat(groups.Where(group => files[group[0]].Length <= TailBytes));
        return [.. groups.OrderBy(group => group[0])];
    }

    private static int[][] Split(IEnumerable<int[]> groups, Func<int, string> key, CancellationToken cancellation)
    {
        int[][] before = [.. groups];
        int[] members = [.. before.SelectMany(group => group)];
        int[] owners = [.. before.SelectMany((group, number) => group.Select(_ => number))];
        string[] keys = new string[members.Length];
        ParallelWork.For(members.Length, i => keys[i] = key(members[i]), cancellation);
        return [.. Together(Enumerable.Range(0, members.Length), i => (owners[i], keys[i])).Select(group => group.Select(i => members[i]).ToArray())];
    }

    private static IEnumerable<int[]> Together<T>(IEnumerable<int> numbers, Func<int, T> key) =>
        numbers.GroupBy(key).Where(group => group.Skip(1).Any()).Select(group => group.ToArray());
}
