namespace ResNeXt.Training;

/// <summary>
/// A folder of classes to train on, or to validate with. One whose folders are not classes, as the folder above the right one, is refused: hours of
/// training would tell <c>train</c> from <c>val</c>.
/// </summary>
internal static class TrainingFolder
{
    private const int NamesShown = 3;

    private static readonly string[] Training = ["train", "training"], Validation = ["val", "valid", "validation"];

    private static readonly string[] Parts = [.. Training, .. Validation, "test", "testing"];

    /// <param name="directory">The folder.</param>
    /// <param name="option">The option that names it.</param>
    /// <param name="files">Counts its files.</param>
    /// <exception cref="InvalidDataException">It is not a folder of classes; the message says what to type.</exception>
    public static IReadOnlyList<LabeledImage> Read(string directory, string option, FileTally files)
    {
        IReadOnlyList<string> names = ImageFolder.ClassNames(directory);
        if (IsSplit(directory))
        {
            throw new InvalidDataException(
                $"'{directory}' holds the parts of a data set ({Some(names)}), not classes. Type {Suggestion(directory, option)}");
        }

        foreach (string folder in names.Select(name => Path.Combine(directory, name)))
        {
            string[] inside = HasImage(folder) ? [] : [.. Folders(folder).Where(below => ImageFolder.Files(below).Count > 0)];
            if (inside.Length > 1)
            {
                string typed = Suggestion(Is(folder, Parts) ? directory : folder, option), below = Some(inside.Select(path => Path.GetFileName(path)!));
                throw new InvalidDataException(
                    $"'{folder}' holds no image itself, but folders of images ({below}), so it is hardly a class. Type {typed}, or move its images into it if it is one.");
            }
        }

        return files.Enumerate(directory);
    }

    /// <summary>All images of a folder, of no class.</summary>
    public static IReadOnlyList<LabeledImage> ReadUnlabelled(string directory, FileTally files) =>
        [.. files.Files(directory).Select(path => new LabeledImage { ImagePath = path, Label = "" })];

    /// <summary>Whether all its folders are called like parts of a data set, and the one to train on holds folders alone.</summary>
    private static bool IsSplit(string directory)
    {
        string[] folders = Folders(directory);
        return folders.All(folder => Is(folder, Parts))
            && folders.Any(folder => Is(folder, Training) && !HasImage(folder) && Folders(folder).Length > 0);
    }

    private static string Suggestion(string directory, string option)
    {
        string? Part(string[] names) => Folders(directory).FirstOrDefault(folder => Is(folder, names));
        string given = Part(option == "--data" ? Training : Validation) ?? Part(Training) ?? directory;
        bool isTraining = option == "--data" && given != directory && Is(given, Training);
        string validation = isTraining && Part(Validation) is string val ? $" --val {ShellText.Of(val)}" : "";
        return $"{option} {ShellText.Of(given)}{validation}";
    }

    private static bool Is(string folder, string[] names) => names.Contains(Path.GetFileName(folder), StringComparer.OrdinalIgnoreCase);

    private static bool HasImage(string folder) =>
        Directory.EnumerateFiles(folder).Any(file => Path.GetFileName(file)[0] != '.' && ImageFolder.IsImage(file));

    private static string[] Folders(string directory) =>
        [.. Directory.EnumerateDirectories(directory).Where(path => Path.GetFileName(path)[0] != '.').Order(StringComparer.Ordinal)];

    private static string Some(IEnumerable<string> names) =>
        string.Join(", ", names.Take(NamesShown).Select(name => $"'{name}'")) + (names.Skip(NamesShown).Any() ? ", ..." : "");
}
