namespace ResNeXt.Training;

/// <summary>A list of images to work through, in shards or as a whole: in memory, or streamed from a file that <see cref="Manifest"/> froze.</summary>
/// <param name="Count">Its entries.</param>
/// <param name="HashOf">Computes <see cref="Hash"/>.</param>
/// <param name="Read">The entries from one place to another, the second not included.</param>
internal sealed record ImageList(long Count, Func<string> HashOf, Func<long, long, IEnumerable<ListedImage>> Read)
{
    /// <summary>Of all of them, <see cref="ListDigest"/>: computed when it is asked for, which only shards do.</summary>
    public string Hash => HashOf();

    /// <param name="input">A manifest, a folder of images, an image, or a text file with a path on each line.</param>
    /// <param name="files">Counts what was found.</param>
    /// <exception cref="FileNotFoundException">There is no such thing.</exception>
    /// <exception cref="InvalidDataException">It names no image, or a manifest is damaged.</exception>
    public static ImageList Open(string input, FileTally files)
    {
        ImageList list = Manifest.IsManifest(input) ? OfManifest(input, files) : InMemory([.. Enumerate(input, files)]);
        return list.Count > 0 ? list : throw new InvalidDataException($"Input '{input}' names no image.");
    }

    /// <summary>The images of a folder with a folder for each class, or of a manifest of one.</summary>
    /// <param name="input">It.</param>
    /// <param name="files">Counts what was found.</param>
    public static ImageList OpenLabelled(string input, FileTally files) => Manifest.IsManifest(input) ? OfManifest(input, files) : Of(files.Enumerate(input));

    /// <summary>Images whose classes are known.</summary>
    public static ImageList Of(IEnumerable<LabeledImage> images) => InMemory([.. images.Select(image => new ListedImage(image.ImagePath, -1, image.Label))]);

    /// <summary>Entries as they come, a line or a file after another.</summary>
    public static IEnumerable<ListedImage> Enumerate(string input, FileTally files) =>
        Directory.Exists(input) ? files.Files(input).Select(path => new ListedImage(path, -1, ClassOf(input, path)))
        : ImageFolder.IsImage(input) ? Named([input], files)
        : File.Exists(input) ? Named(TextList.Read(input), files)
        : throw new FileNotFoundException($"Input '{input}' does not exist: expected a folder of images, a text file with a path on each line, or a manifest.");

    private static IEnumerable<ListedImage> Named(IEnumerable<string> paths, FileTally files)
    {
        foreach (string path in paths)
        {
            files.Take();
            yield return new ListedImage(path, -1, "");
        }
    }

    private static ImageList OfManifest(string input, FileTally files)
    {
        ImageList list = Manifest.Open(input);
        files.Take((int)Math.Min(list.Count, int.MaxValue));
        return list;
    }

    /// <summary>The first folder on the way to an image, which is its class where the folder has classes.</summary>
    private static string ClassOf(string folder, string path)
    {
        string[] steps = Path.GetRelativePath(folder, path).Split(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar);
        return steps.Length > 1 ? ComposedText.Of(steps[0]) : "";
    }

    private static ImageList InMemory(ListedImage[] images) => new(
        images.Length,
        () => ListDigest.OfGroups(images.Chunk(ListDigest.Group).Select(ListDigest.OfGroup)),
        (from, to) => images[(int)from..(int)to]);
}
