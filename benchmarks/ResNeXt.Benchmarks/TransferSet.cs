using ResNeXt.MLNet;
using ResNeXt.Training;

namespace ResNeXt.Benchmarks;

/// <summary>Photos to learn from, and others that choose nothing.</summary>
/// <param name="Name">What the tables call it: the folder that holds the one to learn from.</param>
/// <param name="Folders">The two, as a command line shows them.</param>
/// <param name="Training">Photos to learn from.</param>
/// <param name="Test">Photos of the same classes.</param>
internal sealed record TransferSet(string Name, string Folders, IReadOnlyList<LabeledImage> Training, IReadOnlyList<LabeledImage> Test)
{
    /// <param name="folders">Two folders of class folders, training first; between them what parts the folders in PATH.</param>
    /// <exception cref="InvalidDataException">They are not two, or have no photos, or the second has a class that the first has not.</exception>
    public static TransferSet Parse(string folders)
    {
        if (folders.Split(Path.PathSeparator) is not [{ Length: > 0 } training, { Length: > 0 } test])
        {
            throw new InvalidDataException($"'{folders}' is no set of photos: expected two folders, TRAINING{Path.PathSeparator}TEST.");
        }

        var set = new TransferSet(
            LastName(Parent(training)),
            $"{Shown(training)}{Path.PathSeparator}{Shown(test)}",
            ImageFolder.Enumerate(training),
            ImageFolder.Enumerate(test));
        DataSplit.Given(set.Training, set.Test); // else a test photo of an unknown class would not count
        return set;
    }

    /// <summary>How large it is, for a report.</summary>
    public string Description => FormattableString.Invariant(
        $"{Name}: {Training.DistinctBy(photo => photo.Label).Count()} classes, {Training.Count} training photos, {Test.Count} test photos.");

    /// <summary>All photos.</summary>
    public IReadOnlyList<LabeledImage> All => [.. Training, .. Test];

    /// <summary>So many photos at equal distances, or all where there are fewer: folders are sorted by class.</summary>
    public static IReadOnlyList<LabeledImage> Spread(IReadOnlyList<LabeledImage> photos, int most)
    {
        int count = Math.Min(most, photos.Count);
        return [.. Enumerable.Range(0, count).Select(i => photos[(int)((long)i * photos.Count / count)])];
    }

    private static string Shown(string folder) => $"{LastName(Parent(folder))}/{LastName(folder)}";

    private static string Parent(string folder) => Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))) ?? "";

    private static string LastName(string folder) => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
}
