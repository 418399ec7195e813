namespace WebClassifier;

/// <summary>A file that a client sent.</summary>
/// <param name="Name">What answers call it: text, never a path.</param>
/// <param name="Content">Its bytes.</param>
internal sealed record UploadedImage(string Name, ReadOnlyMemory<byte> Content)
{
    /// <exception cref="InvalidDataException">The bytes do not begin as an image does.</exception>
    public void RequireImage()
    {
        if (Content.IsEmpty)
        {
            throw new InvalidDataException($"'{Name}' is empty: expected a JPEG, PNG, GIF, BMP or WebP image.");
        }

        if (ImageSignature.Find(Content.Span) is null)
        {
            throw new InvalidDataException($"'{Name}' is not an image, whatever its name says: expected JPEG, PNG, GIF, BMP or WebP.");
        }
    }
}
