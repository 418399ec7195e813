namespace ResNeXt.MLNet;

/// <summary>
/// How large an image may be. Larger ones are refused before memory is taken, as any image that cannot be read. Of an animation the
/// first frame alone is looked at, so their number needs no limit: the others cost no more than their bytes.
/// </summary>
public sealed record ImageLimits
{
    /// <summary>The most pixels, width times height; what each takes while it is decoded depends on the format: <see cref="DecodingBudget"/>.</summary>
    /// <value>1 to 500,000,000. The default is 178,956,970, Pillow's bound against decompression bombs.</value>
    public int MaxPixels { get; init; } = 178_956_970;

    /// <summary>The most bytes of an encoded image.</summary>
    /// <value>1 to 1,073,741,824. The default is 268,435,456 (256 MiB), several times what a camera of <see cref="MaxPixels"/> writes.</value>
    public int MaxEncodedBytes { get; init; } = 1 << 28;

    internal const int MostPixels = 500_000_000;
    internal const int MostEncodedBytes = 1 << 30;

    internal static ImageLimits Default { get; } = new();

    /// <exception cref="ArgumentException">A value is out of its range; the message names it.</exception>
    internal ImageLimits Validated() =>
        MaxPixels is < 1 or > MostPixels
            ? throw new ArgumentException(FormattableString.Invariant($"{nameof(MaxPixels)} is {MaxPixels}: expected 1 to {MostPixels} pixels."))
        : MaxEncodedBytes is < 1 or > MostEncodedBytes
            ? throw new ArgumentException(FormattableString.Invariant($"{nameof(MaxEncodedBytes)} is {MaxEncodedBytes}: expected 1 to {MostEncodedBytes} bytes."))
        : this;
}
