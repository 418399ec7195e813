namespace ResNeXt.Training;

/// <summary>Training and validation images with the class names that number their labels: the distinct labels in ordinal order.</summary>
internal sealed record DataSplit(IReadOnlyList<string> Labels, IReadOnlyList<Sample> Training, IReadOnlyList<Sample> Validation)
{
    /// <summary>Validation images as they are given, else a share held back.</summary>
    public static DataSplit Of(TrainOptions options) =>
        options.Val is null ? HoldOut(options.Data, options.ValSplit, options.Seed) : Given(options.Data, options.Val);

    /// <summary>Holds a share of each class back for validation: stratified, and the same for the same seed.</summary>
    public static DataSplit HoldOut(IReadOnlyList<LabeledImage> images, double validationShare, int seed)
    {
        string[] labels = LabelsOf(images);
        var training = new List<Sample>();
        var validation = new List<Sample>();
        foreach (IGrouping<int, Sample> group in Number(images, labels).GroupBy(sample => sample.Label).OrderBy(group => group.Key))
        {
            Sample[] samples = [.. group];
            if (samples.Length < 2)
            {
                throw new InvalidDataException(
                    $"Class '{labels[group.Key]}' has one image: expected at least 2, one to train on and one to validate with.");
            }

            new Random(Seed.Of(seed, group.Key)).Shuffle(samples);
            int held = Math.Clamp((int)Math.Round(samples.Length * validationShare), 1, samples.Length - 1);
            validation.AddRange(samples[..held]);
            training.AddRange(samples[held..]);
        }

        return new DataSplit(labels, training, validation);
    }

    /// <summary>Takes both sets as they are; the classes are those of the training images.</summary>
    public static DataSplit Given(IReadOnlyList<LabeledImage> training, IReadOnlyList<LabeledImage> validation)
    {
        string[] labels = LabelsOf(training);
        return new DataSplit(labels, Number(training, labels), Number(validation, labels));
    }

    /// <summary>Replaces class names by their numbers.</summary>
    /// <exception cref="InvalidDataException">An image is of a class that is not among them.</exception>
    public static IReadOnlyList<Sample> Number(IReadOnlyList<LabeledImage> images, IReadOnlyList<string> labels)
    {
        Dictionary<string, int> numbers = labels.Select((label, number) => (label, number)).ToDictionary(pair => pair.label, pair => pair.number);
        return
        [
            .. images.Select(image => numbers.TryGetValue(image.Label, out int number)
                ? new Sample(image.ImagePath, number)
                : throw new InvalidDataException($"'{image.ImagePath}' is of class '{image.Label}', which is not known: expected one of {Shorten(labels)}.")),
        ];
    }

    private static string[] LabelsOf(IReadOnlyList<LabeledImage> images)
    {
        string[] labels = [.. images.Select(image => image.Label).Distinct().Order(StringComparer.Ordinal)];
        return labels.Length >= 2
            ? labels
            : throw new InvalidDataException($"The training images are of {labels.Length} class ({Shorten(labels)}): expected at least two.");
    }

    private static string Shorten(IReadOnlyList<string> labels) =>
        string.Join(", ", labels.Take(10).Select(label => $"'{label}'")) + (labels.Count > 10 ? $" ... ({labels.Count} in all)" : "");
}
