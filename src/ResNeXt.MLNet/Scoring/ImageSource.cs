namespace ResNeXt.MLNet;

/// <summary>An image that is decoded when its turn comes, on whatever thread.</summary>
/// <param name="Name">What error messages call it, as a rule its path.</param>
/// <param name="Decode">Gives the pixels or throws as <see cref="ImageDecoder"/> does.</param>
internal sealed record ImageSource(string Name, Func<RgbImage> Decode)
{
    public static ImageSource FromFile(string path) => new(path, () => string.IsNullOrWhiteSpace(path)
        ? throw new InvalidDataException("The path is empty: expected the path of an image file.")
        : ImageDecoder.DecodeFile(path));

    public static ImageSource FromBytes(byte[] encoded, string name) => new(name, () => ImageDecoder.Decode(encoded, name));

    public static ImageSource FromPixels(RgbImage image, string name) => new(name, () => image);
}
