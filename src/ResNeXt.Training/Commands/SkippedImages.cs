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

    internal sealed record SkippedImage(string Path, string Error);
}
