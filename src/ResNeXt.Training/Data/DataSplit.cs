namespace ResNeXt.Training;

/// <summary>Training and validation images with the class names that number their labels: the distinct labels in ordinal order, or those given.</summary>
internal sealed record DataSplit(IReadOnlyList<string> Labels, IReadOnlyList<Sample> Training, IReadOnlyList<Sample> Validation)
{
    /// <summary>The one class of a run without labels: it has no name.</summary>
    public static IReadOnlyList<string> Unlabelled { get; } = [""];

    /// <summary>Whether there are labels.</summary>
    public bool HasLabels => !Labels.SequenceEqual(Unlabelled);

    /// <summary>Validation images as they are given, else a share held back.</summary>
    public static DataSplit Of(TrainOptions options) =>
        options.Val is null ? HoldOut(options.Data, options.ValSplit, options.Seed, options.Labels) : Given(options.Data, options.Val, options.Labels);

    /// <summary>Training images of each class.</summary>
    public int[] TrainingCounts() => Counts(Training);

    /// <summary>Validation images of each class.</summary>
    public int[] ValidationCounts() => Counts(Validation);

    /// <summary>Holds a share of each class back for validation: stratified, and the same for the same seed.</summary>
    /// <param name="images">All images.</param>
    /// <param name="validationShare">The share.</param>
    /// <param name="seed">Which images.</param>
    /// <param name="given">The classes in their order; then a lone image of one is trained on. Null for those of the images.</param>
    public static DataSplit HoldOut(IReadOnlyList<LabeledImage> images, double validationShare, int seed, IReadOnlyList<string>? given = null)
    {
        string[] found = LabelsOf(images);
        IReadOnlyList<string> labels = given ?? found;
        var training = new List<Sample>();
        var validation = new List<Sample>();
        foreach (IGrouping<int, Sample> group in Number(images, labels).GroupBy(sample => sample.Label).OrderBy(group => group.Key))
        {
            Sample[] samples = [.. group];
            if (samples.Length < 2 && given is null)
            {
                throw new InvalidDataException(
                    $"Class '{labels[group.Key]}' has one image: expected at least 2, one to train on and one to validate with. Add images, or give validation images of their own (--val).");
            }

            new Random(Seed.Of(seed, group.Key)).Shuffle(samples);
            int held = samples.Length < 2 ? 0 : Math.Clamp((int)Math.Round(samples.Length * validationShare), 1, samples.Length - 1);
            validation.AddRange(samples[..held]);
            training.AddRange(samples[held..]);
        }

        return validation.Count > 0
            ? new DataSplit(labels, training, validation)
            : throw new InvalidDataException("No class has two images, so none can be held back for validation: expected more images, or validation images of their own.");
    }

    /// <summary>Takes both sets as they are; the classes are those of the training images.</summary>
    /// <param name="training">Images to train on.</param>
    /// <param name="validation">Images of classes that are among those.</param>
    /// <param name="given">The classes in their order; null for those of the training images.</param>
    /// <exception cref="InvalidDataException">There is no validation image, or one is of a class that no training image is of.</exception>
    public static DataSplit Given(IReadOnlyList<LabeledImage> training, IReadOnlyList<LabeledImage> validation, IReadOnlyList<string>? given = null)
    {
        if (validation.Count == 0)
        {
            throw new InvalidDataException("The validation images are none: expected at least one, or no such list at all, which holds a share of the training images back.");
        }

        string[] trained = LabelsOf(training);
        IReadOnlyList<string> labels = given ?? trained;
        Number(validation, trained);
        return new DataSplit(labels, Number(training, labels), Number(validation, labels));
    }

    /// <summary>Replaces class names by their numbers.</summary>
    /// <exception cref="InvalidDataException">An image is of a class that is not among them.</exception>
    public static IReadOnlyList<Sample> Number(IReadOnlyList<LabeledImage> images, IReadOnlyList<string> labels)
    {
        Func<string, string, int> number = Numbers(labels);
        return [.. images.Select(image => new Sample(image.ImagePath, number(image.ImagePath, image.Label)))];
    }

    /// <summary>Gives the number of an image's class, from its path, for the message, and its class's name; names of another Unicode form are the same, and one that is not among the labels is an <see cref="InvalidDataException"/>.</summary>
    public static Func<string, string, int> Numbers(IReadOnlyList<string> labels)
    {
        Dictionary<string, int> numbers = labels.Select((label, number) => (label, number)).ToDictionary(pair => pair.label, pair => pair.number);
        ILookup<string, int> forms = numbers.ToLookup(pair => ComposedText.Of(pair.Key), pair => pair.Value);
        Dictionary<string, int> composed = forms.Where(form => form.Count() == 1).ToDictionary(form => form.Key, form => form.First());
        return (path, label) => numbers.TryGetValue(label, out int number) || composed.TryGetValue(ComposedText.Of(label), out number)
            ? number
            : throw new InvalidDataException($"'{path}' is of class '{label}', which is not known: expected one of {Shorten(labels)}.");
    }

    private int[] Counts(IReadOnlyList<Sample> samples)
    {
        int[] counts = new int[Labels.Count];
        foreach (Sample sample in samples)
        {
            counts[sample.Label]++;
        }

        return counts;
    }

    private static string[] LabelsOf(IReadOnlyList<LabeledImage> images)
    {
        string[] labels = [.. images.Select(image => image.Label).Distinct().Order(StringComparer.Ordinal)];
        return labels.Length >= 2 || labels.SequenceEqual(Unlabelled)
            ? labels
            : throw new InvalidDataException($"The training images are of {labels.Length} class ({Shorten(labels)}): expected at least two, in a folder each.");
    }

    public static string Shorten(IReadOnlyList<string> labels) =>
        string.Join(", ", labels.Take(10).Select(label => $"'{label}'")) + (labels.Count > 10 ? $" ... ({labels.Count} in all)" : "");
}
