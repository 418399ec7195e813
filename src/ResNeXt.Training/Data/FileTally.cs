using System.IO.Enumeration;

namespace ResNeXt.Training;

/// <summary>How many files the folders of a run hold, how many of them are taken, and why the others are not.</summary>
internal sealed class FileTally
{
    private const string Hidden = "hidden", NoImage = "no image by its name", OutsideClass = "outside the class folders";

    private readonly SortedDictionary<string, int> _passedOver = new(StringComparer.Ordinal);

    /// <summary>All files that were met. Nothing is met in hidden folders and behind links to folders below the classes.</summary>
    public int Found => Taken + _passedOver.Values.Sum();

    /// <summary>Those of the run.</summary>
    public int Taken { get; private set; }

    /// <summary>The others, by the reason.</summary>
    public IReadOnlyDictionary<string, int> PassedOver => _passedOver;

    /// <summary>Adds a folder of classes, which <see cref="ImageFolder.Enumerate"/> found so many images in.</summary>
    public void Add(string directory, int taken)
    {
        Taken += taken;
        foreach (string file in Directory.EnumerateFiles(directory))
        {
            Count(Path.GetFileName(file)[0] == '.' ? Hidden : OutsideClass);
        }

        foreach (string name in ImageFolder.ClassNames(directory))
        {
            CountOthers(Path.Combine(directory, name));
        }
    }

    /// <summary>Adds a folder without classes, which <see cref="ImageFolder.Files"/> found so many images in.</summary>
    public void AddUnlabelled(string directory, int taken)
    {
        Taken += taken;
        CountOthers(directory);
    }

    /// <summary>What is passed over, in a line; null where nothing is.</summary>
    public string? Note()
    {
        string reasons = string.Join(", ", _passedOver.Select(pair => FormattableString.Invariant($"{pair.Value:N0} {pair.Key}")));
        return _passedOver.Count == 0 ? null : FormattableString.Invariant($"{Found - Taken:N0} of {Found:N0} files are passed over: {reasons}.");
    }

    /// <summary>Counts what <see cref="ImageFolder.Files"/> passes over.</summary>
    private void CountOthers(string folder)
    {
        var files = new FileSystemEnumerable<string>(
            folder,
            (ref FileSystemEntry entry) => entry.FileName.ToString(),
            new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false })
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) =>
                !entry.IsDirectory && (entry.FileName[0] == '.' || !ImageFolder.IsImage(entry.FileName.ToString())),
            ShouldRecursePredicate = (ref FileSystemEntry entry) => entry.FileName[0] != '.' && (entry.Attributes & FileAttributes.ReparsePoint) == 0,
        };
        foreach (string file in files)
        {
            Count(file[0] == '.' ? Hidden : NoImage);
        }
    }

    private void Count(string reason) => _passedOver[reason] = _passedOver.GetValueOrDefault(reason) + 1;
}
