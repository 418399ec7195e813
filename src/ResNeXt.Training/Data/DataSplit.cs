namespace ResNeXt.Training;

/// <summary>Training and validation images with the class names that number their labels.</summary>
internal sealed record DataSplit(IReadOnlyList<string> Labels, IReadOnlyList<Sample> Training, IReadOnlyList<Sample> Validation)
{
    /// <summary>Reads a folder of classes and holds a share of each class back for validation: stratified, and the same for the same seed.</summary>
    public static DataSplit FromFolder(string directory, double validationShare, int seed)
    {
        IReadOnlyList<string> labels = ReadLabels(directory);
        var training = new List<Sample>();
        var validation = new List<Sample>();
        foreach (IGrouping<int, Sample> group in Read(directory, labels).GroupBy(sample => sample.Label))
        {
            Sample[] samples = [.. group];
            if (samples.Length < 2)
            {
                throw new InvalidDataException(
                    $"Class '{labels[group.Key]}' in '{directory}' has {samples.Length} image: expected at least 2, one to train on and one to validate with.");
            }

            new Random(Seed.Of(seed, group.Key)).Shuffle(samples);
            int held = Math.Clamp((int)Math.Round(samples.Length * validationShare), 1, samples.Length - 1);
            validation.AddRange(samples[..held]);
            training.AddRange(samples[held..]);
        }

        return new DataSplit(labels, training, validation);
    }

    /// <summary>Reads two folders; the classes are those of the training folder.</summary>
    public static DataSplit FromFolders(string trainingDirectory, string validationDirectory)
    {
        IReadOnlyList<string> labels = ReadLabels(trainingDirectory);
        return new DataSplit(labels, Read(trainingDirectory, labels), Read(validationDirectory, labels));
    }

    /// <summary>The images of a folder of classes, numbered by the given class names.</summary>
    /// <exception cref="InvalidDataException">A class folder has a name that is not among them.</exception>
    public static IReadOnlyList<Sample> Read(string directory, IReadOnlyList<string> labels)
    {
        Dictionary<string, int> numbers = labels.Select((label, number) => (label, number)).ToDictionary(pair => pair.label, pair => pair.number);
        return
        [
            .. ImageFolder.Enumerate(directory).Select(image => numbers.TryGetValue(image.Label, out int number)
                ? new Sample(image.ImagePath, number)
                : throw new InvalidDataException(
                    $"'{directory}' has a class folder '{image.Label}' that the model does not know: expected {Shorten(labels)}.")),
        ];
    }

    private static IReadOnlyList<string> ReadLabels(string directory)
    {
        IReadOnlyList<string> labels = ImageFolder.ClassNames(directory);
        return labels.Count >= 2
            ? labels
            : throw new InvalidDataException($"'{directory}' holds one class, '{labels[0]}': expected at least two class folders.");
    }

    private static string Shorten(IReadOnlyList<string> labels) =>
        string.Join(", ", labels.Take(10).Select(label => $"'{label}'")) + (labels.Count > 10 ? $" ... ({labels.Count} in all)" : "");
}
