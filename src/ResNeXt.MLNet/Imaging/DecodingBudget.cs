namespace ResNeXt.MLNet;

/// <summary>
/// The memory that all images being decoded in this process may take together, pixels and what decoders keep beside them. Whoever decodes takes its share
/// first, by the image's header, and waits in turn while others have it; an image that alone needs more is refused.
/// </summary>
/// <remarks>
/// A plain image takes four bytes a pixel, eight where it is turned upright. Decoders keep more: of a progressive JPEG all coefficients, three bytes
/// a pixel or six (eight in CMYK), of an interlaced PNG its own pixels, up to eight, of a lossless WebP four. Encoded bytes are not counted; buffers of
/// images of up to 16 megapixels stay in the process, one for each thread, when their share has been given back.
/// </remarks>
public static class DecodingBudget
{
    /// <summary>The bytes that may be taken at a time.</summary>
    /// <value>
    /// At least 1. The default is half of the memory that the runtime sees, a container's limit included. Set it before the first image: who waits
    /// already, waits by the old value until somebody gives a share back.
    /// </value>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public static long Bytes
    {
        get => Process.Capacity;
        set => Process.Capacity = value;
    }

    internal static MemoryShares Process { get; } = new(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2);
}
