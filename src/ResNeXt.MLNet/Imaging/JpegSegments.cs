using System.Buffers.Binary;

namespace ResNeXt.MLNet;

/// <summary>The segments of a JPEG file up to its first scan.</summary>
/// <param name="jpeg">The whole file.</param>
internal ref struct JpegSegments(ReadOnlySpan<byte> jpeg)
{
    private const byte StartOfScan = 0xDA, EndOfImage = 0xD9;

    private readonly ReadOnlySpan<byte> _jpeg = jpeg;
    private int _at = 2;

    /// <summary>The second byte of the segment's marker.</summary>
    public byte Marker { get; private set; }

    /// <summary>What the segment holds, without its length.</summary>
    public ReadOnlySpan<byte> Content { get; private set; }

    /// <summary>Whether this is the head of the first scan, the last segment that is read.</summary>
    public readonly bool IsScan => Marker == StartOfScan;

    /// <summary>What follows the segment.</summary>
    public readonly ReadOnlySpan<byte> Rest => _jpeg[_at..];

    /// <returns>False behind the first scan's head, and where the file ends or is damaged.</returns>
    public bool MoveNext()
    {
        while (!IsScan && _at + 4 <= _jpeg.Length)
        {
            byte marker = _jpeg[_at + 1];
            if (_jpeg[_at] != 0xFF || marker is 0xFF or 0 or 1 or (>= 0xD0 and <= 0xD8)) // junk, padding, and markers that stand alone
            {
                _at += _jpeg[_at] != 0xFF || marker == 0xFF ? 1 : 2;
                continue;
            }

            int length = BinaryPrimitives.ReadUInt16BigEndian(_jpeg[(_at + 2)..]);
            if (marker == EndOfImage || length < 2 || _at + 2 + length > _jpeg.Length)
            {
                return false;
            }

            Marker = marker;
            Content = _jpeg.Slice(_at + 4, length - 2);
            _at += 2 + length;
            return true;
        }

        return false;
    }
}
