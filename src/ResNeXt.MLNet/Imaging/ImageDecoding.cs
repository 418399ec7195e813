namespace ResNeXt.MLNet;

/// <summary>How an image is read.</summary>
internal sealed record ImageDecoding
{
    public static ImageDecoding Default { get; } = new();

    /// <summary>Whether a photo that lies on its side is turned upright.</summary>
    public ImageOrientation Orientation { get; init; } = ImageOrientation.Apply;

    /// <summary>What is refused as too large.</summary>
    public ImageLimits Limits { get; init; } = ImageLimits.Default;

    /// <summary>Pixels that the shorter side must keep where the decoder can shrink a JPEG for less work; without it images keep their size.</summary>
    public int? ShorterSide { get; init; }
}
