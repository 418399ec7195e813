namespace ResNeXt.Training;

/// <summary>The images that a verb could not read: each is logged at once and listed in the result.</summary>
internal sealed class SkippedImages
{
    private readonly List<SkippedImage> _images = [];

    public int Count => _images.Count;

    /// <summary>For the result, in order.</summary>
    public IReadOnlyList<SkippedImage> Images => _images;

    public void Add(ScoredImage image)
    {
        _images.Add(new SkippedImage(image.Name, image.Error!.Message));
        CommandContext.Log($"skipped: {image.Error.Message}");
    }

    /// <exception cref="InvalidDataException">There are some, and that is an error.</exception>
    public void Report(bool strict)
    {
        if (strict && Count > 0)
        {
            throw new InvalidDataException(FormattableString.Invariant($"{Count:N0} {(Count == 1 ? "image" : "images")} could not be read, the first: {Images[0].Error} With --strict that is an error: remove them, or leave it out."));
        }
    }

    internal sealed record SkippedImage(string Path, string Error);
}
