namespace ResNeXt.Training;

/// <summary>Finds the images of folders, and counts how many files these hold, how many of them are taken, and why the others are not.</summary>
internal sealed class FileTally
{
    private const string OutsideClass = "outside the class folders";

    private readonly SortedDictionary<string, int> _passedOver = new(StringComparer.Ordinal);

    /// <summary>All files that were met. Nothing is met in hidden folders.</summary>
    public int Found => Taken + _passedOver.Values.Sum();

    /// <summary>Those that are worked on.</summary>
    public int Taken { get; private set; }

    /// <summary>The others, by the reason.</summary>
    public IReadOnlyDictionary<string, int> PassedOver => _passedOver;

    /// <summary>The images of a folder of classes: <see cref="ImageFolder.Enumerate(string)"/>.</summary>
    public IReadOnlyList<LabeledImage> Enumerate(string directory)
    {
        IReadOnlyList<LabeledImage> images = ImageFolder.Enumerate(directory, PassOver);
        Taken += images.Count;
        foreach (string file in Directory.EnumerateFiles(directory))
        {
            PassOver(Path.GetFileName(file)[0] == '.' ? ImageFolder.Hidden : OutsideClass);
        }

        foreach (string run in Directory.EnumerateDirectories(directory).Where(ImageFolder.IsRun))
        {
            ImageFolder.Files(run, PassOver);
        }

        return images;
    }

    /// <summary>The images of any folder: <see cref="ImageFolder.Files(string)"/>.</summary>
    public IReadOnlyList<string> Files(string directory)
    {
        IReadOnlyList<string> images = ImageFolder.Files(directory, PassOver);
        Taken += images.Count;
        return images;
    }

    /// <summary>Counts files that were named one by one.</summary>
    public void Take(int count = 1) => Taken += count;

    /// <summary>Tells what is passed over.</summary>
    /// <param name="log">Told in a line, if there is anything.</param>
    /// <param name="strict">Whether that is an error, where a file is not hidden.</param>
    /// <exception cref="InvalidDataException">It is.</exception>
    public void Report(Action<string> log, bool strict)
    {
        if (strict && _passedOver.Keys.Any(reason => reason != ImageFolder.Hidden))
        {
            throw new InvalidDataException($"{Note()} With --strict that is an error: remove them, or leave it out.");
        }

        if (Note() is string note)
        {
            log(note);
        }
    }

    /// <summary>What is passed over, in a line; null where nothing is.</summary>
    public string? Note()
    {
        string reasons = string.Join(", ", _passedOver.Select(pair => FormattableString.Invariant($"{pair.Value:N0} {pair.Key}")));
        return _passedOver.Count == 0 ? null : FormattableString.Invariant($"{Found - Taken:N0} of {Found:N0} files are passed over: {reasons}.");
    }

    private void PassOver(string reason) => _passedOver[reason] = _passedOver.GetValueOrDefault(reason) + 1;
}
