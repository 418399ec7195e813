namespace ResNeXt.MLNet;

/// <summary>A row of an image folder, ready for <c>mlContext.Data.LoadFromEnumerable</c>.</summary>
public sealed class LabeledImage
{
    /// <summary>Path of the image file.</summary>
    public required string ImagePath { get; init; }

    /// <summary>Name of its class.</summary>
    public required string Label { get; init; }
}
