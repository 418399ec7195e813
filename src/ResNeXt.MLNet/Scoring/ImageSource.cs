namespace ResNeXt.MLNet;

/// <summary>An image that is decoded when its turn comes, once, on whatever thread.</summary>
/// <param name="Name">What error messages call it, as a rule its path.</param>
/// <param name="Decode">Gives the pixels, which are then the caller's to dispose, or throws as <see cref="ImageDecoder"/> does.</param>
internal sealed record ImageSource(string Name, Func<ImageDecoding, RgbImage> Decode)
{
    public static ImageSource FromFile(string path) => new(path, decoding => string.IsNullOrWhiteSpace(path)
        ? throw new InvalidDataException("The path is empty: expected the path of an image file.")
        : ImageDecoder.DecodeFile(path, decoding));

    public static ImageSource FromBytes(byte[] encoded, string name) => new(name, decoding => ImageDecoder.Decode(encoded, name, decoding));

    /// <summary>Pixels say nothing of an orientation: they are taken as they lie.</summary>
    public static ImageSource FromPixels(RgbImage image, string name) => new(name, _ => image);
}
