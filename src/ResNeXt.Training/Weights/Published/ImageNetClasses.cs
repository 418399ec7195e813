namespace ResNeXt.Training;

/// <summary>The 1,000 classes of ImageNet-1K in the order of every published network's logits, as torchvision names them.</summary>
internal static class ImageNetClasses
{
    private static readonly Lazy<string[]> Lines = new(Read);

    /// <summary>A different name for each class: torchvision tells <c>crane bird</c> from <c>crane</c>, <c>cardigan</c> (the garment) from <c>Cardigan</c> (the dog).</summary>
    public static IReadOnlyList<string> Names => Lines.Value;

    private static string[] Read()
    {
        using var reader = new StreamReader(typeof(ImageNetClasses).Assembly.GetManifestResourceStream("ImageNetClasses.txt")!);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
