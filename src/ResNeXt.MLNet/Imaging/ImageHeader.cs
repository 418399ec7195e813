using System.Buffers.Binary;

namespace ResNeXt.MLNet;

/// <summary>What an image file says of itself before a pixel is decoded, and what decoding it takes: for programs that divide their work fairly.</summary>
/// <remarks><see cref="ResNeXtPredictor.ReadHeader"/> reads it.</remarks>
public sealed record ImageHeader
{
    /// <summary>Of a photo that a camera or a program for photos wrote, about ten.</summary>
    private const int MostScans = 100, UsualScans = 10;

    internal ImageHeader(string format, int width, int height)
    {
        Format = format;
        Width = width;
        Height = height;
    }

    /// <summary>JPEG, PNG, GIF, BMP or WebP.</summary>
    public string Format { get; }

    /// <summary>Columns as stored, at least 1.</summary>
    public int Width { get; }

    /// <summary>Rows as stored, at least 1.</summary>
    public int Height { get; }

    /// <summary>The memory that decoding takes, the pixels included, which <see cref="DecodingBudget"/> counts.</summary>
    public long DecodingBytes { get; private init; }

    /// <summary>
    /// The work of decoding, in megapixels of a plain image that is not shrunk: a progressive JPEG, an interlaced PNG and a lossless WebP are up to three
    /// times that, a large JPEG that the decoder shrinks a fifth.
    /// </summary>
    public double Work { get; private init; }

    /// <param name="encoded">The whole file.</param>
    /// <param name="name">What error messages call it.</param>
    /// <param name="stored">The size that it says it has.</param>
    /// <param name="decoded">The size that it is decoded to, smaller where the decoder shrinks it.</param>
    /// <param name="isTurned">Whether it is turned upright then, which takes the pixels twice.</param>
    /// <exception cref="InvalidDataException">No decoder should be given so much to do for one image.</exception>
    internal static ImageHeader Read(ReadOnlySpan<byte> encoded, string name, (int Width, int Height) stored, (int Width, int Height) decoded, bool isTurned)
    {
        string format = ImageFormat.Readable(encoded)!;
        long pixels = (long)stored.Width * stored.Height, bytes = (long)decoded.Width * decoded.Height * RgbImage.PixelBytes * (isTurned ? 2 : 1);
        (long kept, int scans) = format switch
        {
            "JPEG" => Jpeg(encoded),
            "PNG" => (PngPixelBytes(encoded) * pixels, 1),
            "WebP" => (WebPPixelBytes(encoded) * pixels, 1),
            _ => (0, 1),
        };
        if (scans > MostScans)
        {
            throw new InvalidDataException($"'{name}' is a JPEG of {scans} scans, each of which costs the time of an image: expected at most {MostScans}. Save it anew.");
        }

        double work = (bytes + kept + (pixels / 2)) / (4 * 1e6) * Math.Max(1, scans / (double)UsualScans);
        return new ImageHeader(format, stored.Width, stored.Height) { DecodingBytes = bytes + kept, Work = work };
    }

    /// <summary>Where a JPEG has several scans, its decoder keeps two bytes for each coefficient of all blocks.</summary>
    private static (long Kept, int Scans) Jpeg(ReadOnlySpan<byte> jpeg)
    {
        const int frameHead = 6, component = 3;
        ReadOnlySpan<byte> frame = [];
        bool isProgressive = false;
        var segments = new JpegSegments(jpeg);
        while (segments.MoveNext() && !segments.IsScan)
        {
            if (segments.Marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC) && segments.Content.Length >= frameHead)
            {
                frame = segments.Content;
                isProgressive = (segments.Marker & 3) == 2;
            }
        }

        int components = frame.IsEmpty ? 0 : Math.Min(frame[5], (frame.Length - frameHead) / component);
        if (!segments.IsScan || components == 0 || (!isProgressive && segments.Content[0] >= components))
        {
            return (0, 1);
        }

        int height = BinaryPrimitives.ReadUInt16BigEndian(frame[1..]), width = BinaryPrimitives.ReadUInt16BigEndian(frame[3..]), across = 1, down = 1;
        for (int pass = 0; ; pass++)
        {
            long blocks = 0;
            for (int i = 0; i < components; i++)
            {
                byte sampling = frame[frameHead + (i * component) + 1];
                int h = Math.Max(1, sampling >> 4), v = Math.Max(1, sampling & 15);
                across = Math.Max(across, h);
                down = Math.Max(down, v);
                blocks += (long)Blocks(width, h, across) * Blocks(height, v, down);
            }

            if (pass == 1) // the first found the largest sampling
            {
                return (blocks * 64 * sizeof(short), 1 + segments.Rest.Count<byte>([0xFF, 0xDA]));
            }
        }

        // Rounded up to whole units of all components.
        static int Blocks(int pixels, int sampling, int most) => ((pixels + (8 * most) - 1) / (8 * most)) * sampling;
    }

    /// <summary>Of an interlaced PNG its decoder keeps all pixels as they are stored, palettes and single bits as bytes.</summary>
    private static int PngPixelBytes(ReadOnlySpan<byte> png)
    {
        const int depthAt = 24, colourAt = 25, interlaceAt = 28;
        if (png.Length <= interlaceAt || png[interlaceAt] == 0)
        {
            return 0;
        }

        int data = png.IndexOf("IDAT"u8);
        bool isKeyed = png[..(data < 0 ? png.Length : data)].IndexOf("tRNS"u8) >= 0;
        int channels = png[colourAt] switch
        {
            0 => isKeyed ? 2 : 1,
            2 => isKeyed ? 4 : 3,
            3 => 1,
            4 => 2,
            _ => 4,
        };
        return png[depthAt] == 16 ? 2 * channels : channels;
    }

    /// <summary>A lossless WebP and a frame of an animation are decoded into pixels of their own first; transparency takes a plane.</summary>
    private static int WebPPixelBytes(ReadOnlySpan<byte> webp) =>
        webp.IndexOf("VP8L"u8) >= 0 || webp.IndexOf("ANMF"u8) >= 0 ? 4
        : webp.IndexOf("ALPH"u8) >= 0 ? 2
        : 0;
}
