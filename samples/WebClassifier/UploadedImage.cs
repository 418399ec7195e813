using ResNeXt.MLNet;

namespace WebClassifier;

/// <summary>A file that a client sent.</summary>
/// <param name="Name">What answers call it: text, never a path.</param>
/// <param name="Content">Its bytes.</param>
internal sealed record UploadedImage(string Name, ReadOnlyMemory<byte> Content)
{
    /// <summary>What decoding it for a model takes.</summary>
    /// <exception cref="InvalidDataException">The bytes do not begin as an image does, or as one that is too large.</exception>
    public ImageHeader ReadHeader(LoadedModel model) => model.Predictor.ReadHeader(Content.Span, Name);
}
