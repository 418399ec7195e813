using System.Buffers.Binary;
using System.Text;

namespace ResNeXt.Training;

/// <summary>The bytes of one pickle: never more of them than a description of weights can need, never past the end.</summary>
internal sealed class PickleInput(Stream stream)
{
    public const int MaxBytes = 16 << 20;
    private const int MaxLineBytes = 1 << 10;
    private readonly byte[] _number = new byte[8];
    private long _left = MaxBytes;

    public byte Byte()
    {
        Take(1);
        int value = stream.ReadByte();
        return value >= 0 ? (byte)value : throw new InvalidDataException("its pickle ends too early");
    }

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Number(2));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Number(4));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Number(4));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Number(8));

    public double Double() => BinaryPrimitives.ReadDoubleBigEndian(Number(8));

    public byte[] Bytes(ulong count)
    {
        if (count > (ulong)(stream.Length - stream.Position))
        {
            throw new InvalidDataException($"its pickle has a value of {count} bytes, which goes past the end");
        }

        Take((long)count);
        byte[] bytes = new byte[count];
        stream.ReadExactly(bytes);
        return bytes;
    }

    public string Utf8(ulong count) => Encoding.UTF8.GetString(Bytes(count));

    /// <summary>Text of Python 2, and bytes: PyTorch uses either for ASCII only.</summary>
    public string Latin1(ulong count) => Encoding.Latin1.GetString(Bytes(count));

    public string Line()
    {
        var line = new List<byte>();
        for (byte next = Byte(); next != '\n'; next = Byte())
        {
            line.Add(line.Count < MaxLineBytes ? next : throw new InvalidDataException($"its pickle has a name of more than {MaxLineBytes} bytes"));
        }

        return Encoding.UTF8.GetString([.. line]);
    }

    private Span<byte> Number(int size)
    {
        Take(size);
        Span<byte> number = _number.AsSpan(0, size);
        return stream.ReadAtLeast(number, size, throwOnEndOfStream: false) == size ? number : throw new InvalidDataException("its pickle ends too early");
    }

    private void Take(long count) =>
        _left = count <= _left ? _left - count : throw new InvalidDataException($"its pickle is longer than {MaxBytes >> 20} MiB");
}
