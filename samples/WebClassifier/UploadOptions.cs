using ResNeXt.MLNet;

namespace WebClassifier;

/// <summary>The section <c>Uploads</c>: what strangers may send.</summary>
internal sealed record UploadOptions
{
    /// <summary>Bytes of one image file.</summary>
    /// <value>1 KiB to 1 GiB. The default is 10 MiB.</value>
    public int MaxFileBytes { get; init; } = 10 << 20;

    /// <summary>Bytes of a request, all files together.</summary>
    /// <value><see cref="MaxFileBytes"/> to 1 GiB. The default is 32 MiB.</value>
    public int MaxRequestBytes { get; init; } = 32 << 20;

    /// <summary>Files in a request.</summary>
    /// <value>1 to 1000. The default is 16.</value>
    public int MaxFiles { get; init; } = 16;

    /// <summary>Pixels of an image, width times height: a small file can hold a huge picture, and each pixel takes memory and time.</summary>
    /// <value>1 to 500,000,000. The default is 16,777,216 (16 megapixels), more than most phones take unless they are asked for more.</value>
    public int MaxPixels { get; init; } = 1 << 24;

    /// <summary>Bytes of all requests that are being read or answered at a time; more are refused with 503.</summary>
    /// <value><see cref="MaxRequestBytes"/> to 1 TiB. The default is 256 MiB.</value>
    public long MaxBytesInMemory { get; init; } = 256 << 20;

    /// <summary>What the decoder may take.</summary>
    internal ImageLimits ImageLimits => new() { MaxPixels = MaxPixels, MaxEncodedBytes = MaxFileBytes };

    internal void Validate()
    {
        ClassifierOptions.Require(MaxFileBytes is >= 1 << 10 and <= 1 << 30, "Uploads:MaxFileBytes", MaxFileBytes, "1024 to 1073741824 bytes");
        ClassifierOptions.Require(MaxRequestBytes >= MaxFileBytes && MaxRequestBytes <= 1 << 30, "Uploads:MaxRequestBytes", MaxRequestBytes, $"Uploads:MaxFileBytes ({MaxFileBytes}) to 1073741824 bytes");
        ClassifierOptions.Require(MaxFiles is >= 1 and <= 1000, "Uploads:MaxFiles", MaxFiles, "1 to 1000 files");
        ClassifierOptions.Require(MaxPixels is >= 1 and <= 500_000_000, "Uploads:MaxPixels", MaxPixels, "1 to 500000000 pixels");
        ClassifierOptions.Require(MaxBytesInMemory >= MaxRequestBytes && MaxBytesInMemory <= 1L << 40, "Uploads:MaxBytesInMemory", MaxBytesInMemory, $"Uploads:MaxRequestBytes ({MaxRequestBytes}) to 1099511627776 bytes");
    }
}
