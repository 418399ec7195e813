using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;

namespace ResNeXt.MLNet;

/// <summary>
/// How the camera was held, as Pillow reads it: the tag 0x0112 of a JPEG, a WebP or a PNG, whatever number type it is stored as, in a PNG also by the
/// words of its XMP. What cannot be read counts as upright.
/// </summary>
internal static partial class ExifOrientation
{
    /// <summary>That of an image which lies as it is seen.</summary>
    public const int Upright = 1;

    private const ushort Tag = 0x0112;
    private const int MaxText = 1 << 20;

    /// <returns>1 to 8.</returns>
    public static int Of(ReadOnlySpan<byte> encoded) => ImageFormat.Readable(encoded) switch
    {
        "JPEG" => OfExif(JpegExif(encoded)) ?? Upright,
        "WebP" => OfExif(WebPExif(encoded)) ?? Upright,
        "PNG" => OfPng(encoded),
        _ => Upright,
    };

    // The first segment of that name before the first scan.
    private static ReadOnlySpan<byte> JpegExif(ReadOnlySpan<byte> jpeg)
    {
        const byte app1 = 0xE1;
        for (var segments = new JpegSegments(jpeg); segments.MoveNext() && !segments.IsScan;)
        {
            if (segments.Marker == app1 && segments.Content.StartsWith("Exif\0"u8))
            {
                return segments.Content;
            }
        }

        return [];
    }

    private static ReadOnlySpan<byte> WebPExif(ReadOnlySpan<byte> webp)
    {
        const int exifFlag = 8;
        bool told = false;
        for (long at = 12; at + 8 <= webp.Length;)
        {
            ReadOnlySpan<byte> chunk = webp[(int)at..];
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
            if (length > chunk.Length - 8)
            {
                break;
            }

            ReadOnlySpan<byte> data = chunk.Slice(8, (int)length);
            told |= chunk.StartsWith("VP8X"u8) && data.Length > 0 && (data[0] & exifFlag) != 0;
            if (told && chunk.StartsWith("EXIF"u8))
            {
                return data;
            }

            at += 8 + length + (length & 1);
        }

        return [];
    }

    private static int OfPng(ReadOnlySpan<byte> png)
    {
        ReadOnlySpan<byte> exif = [];
        string? profile = null, xmp = null;
        for (long at = 8; at + 12 <= png.Length;)
        {
            ReadOnlySpan<byte> chunk = png[(int)at..];
            uint length = BinaryPrimitives.ReadUInt32BigEndian(chunk);
            if (length > chunk.Length - 12)
            {
                break;
            }

            ReadOnlySpan<byte> kind = chunk.Slice(4, 4), data = chunk.Slice(8, (int)length);
            exif = kind.SequenceEqual("eXIf"u8) ? data : exif;
            if (kind[1..].SequenceEqual("EXt"u8) || kind[1..].SequenceEqual("TXt"u8))
            {
                profile = PngText(kind[0], data, "Raw profile type exif"u8) ?? profile;
                xmp = kind[0] == 'i' ? PngText(kind[0], data, "XML:com.adobe.xmp"u8) ?? xmp : xmp;
            }

            at += 12 + length;
        }

        return (exif.IsEmpty ? OfExif(FromHex(profile)) : OfExif(exif))
            ?? (xmp is not null && XmpOrientation().Match(xmp) is { Success: true } match ? match.Groups[1].ValueSpan[0] - '0' : Upright);
    }

    /// <returns>The text of a chunk, if it has this keyword and is of a megabyte at most.</returns>
    private static string? PngText(byte kind, ReadOnlySpan<byte> chunk, ReadOnlySpan<byte> keyword)
    {
        if (!chunk.StartsWith(keyword) || chunk.Length <= keyword.Length + 3 || chunk[keyword.Length] != 0)
        {
            return null;
        }

        ReadOnlySpan<byte> text = chunk[(keyword.Length + 1)..];
        bool compressed = kind == 'z';
        if (kind == 'z')
        {
            text = text[1..];
        }
        else if (kind == 'i')
        {
            compressed = text[0] != 0;
            text = text[2..];
            for (int skipped = 0; skipped < 2; skipped++) // language and translated keyword
            {
                int end = text.IndexOf((byte)0);
                text = end < 0 ? [] : text[(end + 1)..];
            }
        }

        return compressed ? Inflate(text) : Encoding.UTF8.GetString(text);
    }

    private static string? Inflate(ReadOnlySpan<byte> compressed)
    {
        using var stream = new ZLibStream(new MemoryStream(compressed.ToArray()), CompressionMode.Decompress);
        byte[] buffer = new byte[MaxText];
        try
        {
            return Encoding.UTF8.GetString(buffer, 0, stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false));
        }
        catch (InvalidDataException)
        {
            return null; // a text that cannot be read says nothing
        }
    }

    /// <summary>ImageMagick's way to keep EXIF in a PNG: three lines, then bytes as hexadecimal digits.</summary>
    private static byte[] FromHex(string? profile)
    {
        string digits = string.Concat((profile ?? "").Split('\n').Skip(3)).Trim();
        return digits.Length % 2 == 0 && digits.All(char.IsAsciiHexDigit) ? Convert.FromHexString(digits) : [];
    }

    /// <returns>The orientation, 1 where it is none of the eight; null where there is no such entry.</returns>
    private static int? OfExif(ReadOnlySpan<byte> exif)
    {
        const int headerLength = 8, entryLength = 12;
        ReadOnlySpan<byte> tiff = exif.StartsWith("Exif\0\0"u8) ? exif[6..] : exif;
        bool little = tiff.StartsWith("II"u8);
        if (tiff.Length < headerLength || !(tiff.StartsWith("II*\0"u8) || tiff.StartsWith("II\0*"u8) || tiff.StartsWith("MM\0*"u8) || tiff.StartsWith("MM*\0"u8)))
        {
            return null;
        }

        uint directory = UInt32(tiff[4..], little);
        if (directory > tiff.Length - 2)
        {
            return null;
        }

        int entries = UInt16(tiff[(int)directory..], little);
        int? orientation = null;
        for (long at = directory + 2L; entries > 0 && at + entryLength <= tiff.Length; at += entryLength, entries--)
        {
            ReadOnlySpan<byte> entry = tiff.Slice((int)at, entryLength);
            if (UInt16(entry, little) == Tag && Value(tiff, entry, little) is double value)
            {
                orientation = value is >= 1 and <= 8 && value == Math.Floor(value) ? (int)value : Upright; // of several the last one
            }
        }

        return orientation;
    }

    /// <returns>The first number of an entry; NaN for text and bytes, which are none; null for an entry that cannot be read, which is passed over.</returns>
    private static double? Value(ReadOnlySpan<byte> tiff, ReadOnlySpan<byte> entry, bool little)
    {
        ushort type = UInt16(entry[2..], little);
        int unit = type switch { 1 or 2 or 6 or 7 => 1, 3 or 8 => 2, 4 or 9 or 11 or 13 => 4, 5 or 10 or 12 or 16 => 8, _ => 0 };
        long size = (long)unit * UInt32(entry[4..], little);
        long at = size > 4 ? UInt32(entry[8..], little) : 0;
        if (size == 0 || (size > 4 && at + size > tiff.Length))
        {
            return null;
        }

        ReadOnlySpan<byte> value = size > 4 ? tiff[(int)at..] : entry[8..];
        return type switch
        {
            3 => UInt16(value, little),
            4 or 13 => UInt32(value, little),
            5 => (double)UInt32(value, little) / UInt32(value[4..], little),
            6 => (sbyte)value[0],
            8 => (short)UInt16(value, little),
            9 => (int)UInt32(value, little),
            10 => (double)(int)UInt32(value, little) / (int)UInt32(value[4..], little),
            11 => BitConverter.UInt32BitsToSingle(UInt32(value, little)),
            12 => BitConverter.UInt64BitsToDouble(UInt64(value, little)),
            16 => UInt64(value, little),
            _ => double.NaN,
        };
    }

    private static ushort UInt16(ReadOnlySpan<byte> bytes, bool little) => little ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);

    private static uint UInt32(ReadOnlySpan<byte> bytes, bool little) => little ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);

    private static ulong UInt64(ReadOnlySpan<byte> bytes, bool little) => little ? BinaryPrimitives.ReadUInt64LittleEndian(bytes) : BinaryPrimitives.ReadUInt64BigEndian(bytes);

    [GeneratedRegex("""tiff:Orientation(?:="|>)([1-8])""", RegexOptions.CultureInvariant)]
    private static partial Regex XmpOrientation();
}
