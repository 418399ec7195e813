namespace ResNeXt.Training;

/// <summary>Looks at the images before time is spent on them: what cannot be read is refused, what is doubtful is said.</summary>
internal static class DataChecks
{
    private const int FewImages = 5;
    private const int Imbalance = 20;
    private const int Examples = 5;

    /// <param name="data">The images.</param>
    /// <param name="preprocessing">How they are read, and the size of the network's input.</param>
    /// <param name="strict">Whether a warning is an error.</param>
    /// <param name="log">Told of each warning in a line, and of the progress when it takes long.</param>
    /// <param name="cancellation">Stops between two files.</param>
    /// <exception cref="InvalidDataException">Images cannot be read, or something is doubtful and that is to be an error.</exception>
    public static void Run(DataSplit data, ImagePreprocessing preprocessing, bool strict, Action<string>? log, CancellationToken cancellation)
    {
        Sample[] samples = [.. data.Training, .. data.Validation];
        var files = new ImageFile[samples.Length];
        var work = new SlowWork("checking images", samples.Length, log);
        ParallelWork.For(samples.Length, Read, cancellation);
        if (files.Any(file => !file.IsImage))
        {
            UnreadableImages.Refuse(data, preprocessing.Orientation, log, cancellation);
        }

        IReadOnlyList<int[]> duplicates = DuplicateFiles.Find([.. samples.Zip(files, (sample, file) => (sample.Path, file.Length))], cancellation);
        string[] warnings =
        [
            .. Classes(data),
            .. Tiny(samples, files, preprocessing.ImageSize),
            .. Duplicates(samples, duplicates, data.Training.Count),
        ];
        foreach (string warning in warnings)
        {
            log?.Invoke($"warning: {warning}");
        }

        if (strict && warnings.Length > 0)
        {
            throw new InvalidDataException($"The data has {warnings.Length} of the faults that a strict run takes for errors. {warnings[0]}");
        }

        void Read(int i)
        {
            files[i] = ImageFile.Read(samples[i].Path);
            work.Done();
        }
    }

    private static IEnumerable<string> Classes(DataSplit data)
    {
        (string Label, int Count)[] classes = [.. data.Labels.Zip(data.TrainingCounts()).OrderBy(pair => pair.Second)];
        string[] few = [.. classes.Where(one => one.Count < FewImages).Select(one => FormattableString.Invariant($"'{one.Label}' ({one.Count})"))];
        if (few.Length > 0)
        {
            yield return $"{Number(few.Length, "class has", "classes have")} fewer than {FewImages} images to train on: {Some(few)}. Add images, or leave them out.";
        }

        (string Label, int Count) least = classes[0], most = classes[^1];
        if (most.Count > (long)Imbalance * least.Count)
        {
            yield return FormattableString.Invariant(
                $"'{most.Label}' has {most.Count} images to train on, '{least.Label}' {least.Count}: rare classes will be learned badly, and the accuracy will hardly show it. Look at the recall of each class.");
        }
    }

    private static IEnumerable<string> Tiny(Sample[] samples, ImageFile[] files, int imageSize)
    {
        string[] tiny =
        [
            .. samples.Zip(files).Where(pair => pair.Second.IsImage && pair.Second.ShorterSide < imageSize / 2.0)
                .Select(pair => FormattableString.Invariant($"'{pair.First.Path}' ({pair.Second.Width} x {pair.Second.Height})")),
        ];
        if (tiny.Length > 0)
        {
            yield return $"{tiny.Length} of {samples.Length} images are smaller than half of the network's input of {imageSize} pixels: {Some(tiny)}. Remove them, or choose a smaller --image-size.";
        }
    }

    private static IEnumerable<string> Duplicates(Sample[] samples, IReadOnlyList<int[]> groups, int training)
    {
        // The first of a group is a training image if any is.
        string[] leaked =
        [
            .. groups.Where(group => group[0] < training)
                .SelectMany(group => group.Where(i => i >= training).Select(i => $"'{samples[i].Path}' = '{samples[group[0]].Path}'")),
        ];
        if (leaked.Length > 0)
        {
            yield return $"{Number(leaked.Length, "validation image is a copy", "validation images are copies")} of training images, so the accuracy will look better than it is: {Some(leaked)}. Remove them from one side.";
        }

        string[] contradictory =
        [
            .. groups.Select(group => (First: group[0], Other: group.FirstOrDefault(i => samples[i].Label != samples[group[0]].Label, -1)))
                .Where(pair => pair.Other >= 0).Select(pair => $"'{samples[pair.First].Path}' = '{samples[pair.Other].Path}'"),
        ];
        if (contradictory.Length > 0)
        {
            yield return $"{Number(contradictory.Length, "image is", "images are")} in two classes at once: {Some(contradictory)}. Remove the wrong one.";
        }
    }

    private static string Number(int count, string one, string many) => FormattableString.Invariant($"{count} {(count == 1 ? one : many)}");

    private static string Some(string[] items) => string.Join(", ", items.Take(Examples)) + (items.Length > Examples ? $", ... ({items.Length} in all)" : "");
}
