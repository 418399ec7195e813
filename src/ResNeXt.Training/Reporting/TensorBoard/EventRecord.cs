using System.Buffers.Binary;
using System.Numerics;

namespace ResNeXt.Training;

/// <summary>
/// The frame of TensorFlow's record files: length (8 bytes), checksum of the length (4), data, checksum of the data (4), all little-endian.
/// The checksum is a CRC-32C, turned by 15 bits and shifted, "masked", because a checksum over data that holds checksums is weak.
/// </summary>
internal static class EventRecord
{
    private const uint MaskDelta = 0xA282EAD8;

    public static void Write(Stream stream, ReadOnlySpan<byte> data)
    {
        Span<byte> header = stackalloc byte[12];
        BinaryPrimitives.WriteInt64LittleEndian(header, data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], MaskedChecksum(header[..8]));
        stream.Write(header);
        stream.Write(data);
        Span<byte> footer = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(footer, MaskedChecksum(data));
        stream.Write(footer);
    }

    public static uint MaskedChecksum(ReadOnlySpan<byte> data) => BitOperations.RotateRight(Checksum(data), 15) + MaskDelta;

    /// <summary>CRC-32C (Castagnoli), as iSCSI has it (RFC 3720).</summary>
    public static uint Checksum(ReadOnlySpan<byte> data)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in data)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return ~crc;
    }
}
