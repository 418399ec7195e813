namespace WebClassifier;

/// <summary>The images of a request, and the memory that is set aside for them.</summary>
internal sealed class Upload(IReadOnlyList<UploadedImage> images, IDisposable memory) : IDisposable
{
    public IReadOnlyList<UploadedImage> Images { get; } = images;

    public void Dispose() => memory.Dispose();
}
