namespace ResNeXt.Training;

/// <summary>An entry of a list of images.</summary>
/// <param name="Path">The image file.</param>
/// <param name="Size">Its bytes when the list was made; -1 where nobody looked.</param>
/// <param name="Label">Name of its class folder; empty where there is none.</param>
internal sealed record ListedImage(string Path, long Size, string Label)
{
    /// <summary>The image, which is refused when it is no longer as long as it was.</summary>
    public ImageSource Source => Size < 0 ? ImageSource.FromFile(Path) : new ImageSource(Path, decoding =>
    {
        long now = new FileInfo(Path).Length;
        return now == Size
            ? ImageDecoder.DecodeFile(Path, decoding)
            : throw new InvalidDataException($"'{Path}' has {now} bytes, and had {Size} when the list was frozen.");
    });
}
