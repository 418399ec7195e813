using System.Buffers.Binary;
using System.Globalization;

namespace ResNeXt.Training;

/// <summary>
/// Walks through the footer of a Parquet file, Thrift's compact protocol, before Parquet.Net parses it, which takes each field to be of the type that it
/// should have and reads for ever behind the end.
/// </summary>
internal ref struct ParquetFooter
{
    private const int MostBytes = 1 << 28;

    /// <summary>
    /// The fields of each structure (parquet.thrift): 'i' a whole number, 'y' a byte, 't' a truth, 'b' bytes, the name of a structure; '[' before it a list.
    /// </summary>
    private static readonly Dictionary<string, Dictionary<int, string>> Structures = new()
    {
        ["File"] = Fields("1 i 2 [Schema 3 i 4 [Rows 5 [Pair 6 b 7 [Order"),
        ["Schema"] = Fields("1 i 2 i 3 i 4 b 5 i 6 i 7 i 8 i 9 i 10 Logical"),
        ["Logical"] = Fields("1 None 2 None 3 None 4 None 5 Decimal 6 None 7 Time 8 Time 10 Integer 11 None 12 None 13 None 14 None 15 None"),
        ["Decimal"] = Fields("1 i 2 i"),
        ["Time"] = Fields("1 t 2 Unit"),
        ["Unit"] = Fields("1 None 2 None 3 None"),
        ["Integer"] = Fields("1 y 2 t"),
        ["None"] = [],
        ["Rows"] = Fields("1 [Chunk 2 i 3 i 4 [Sorting 5 i 6 i 7 i"),
        ["Chunk"] = Fields("1 b 2 i 3 Column 4 i 5 i 6 i 7 i"),
        ["Column"] = Fields("1 i 2 [i 3 [b 4 i 5 i 6 i 7 i 8 [Pair 9 i 10 i 11 i 12 Statistics 13 [Encoding 14 i 15 i 16 Sizes"),
        ["Statistics"] = Fields("1 b 2 b 3 i 4 i 5 b 6 b 7 t 8 t"),
        ["Sizes"] = Fields("1 i 2 [i 3 [i"),
        ["Encoding"] = Fields("1 i 2 i 3 i"),
        ["Sorting"] = Fields("1 i 2 t 3 t"),
        ["Pair"] = Fields("1 b 2 b"),
        ["Order"] = Fields("1 None"),
    };

    private ReadOnlySpan<byte> _rest;

    private ParquetFooter(ReadOnlySpan<byte> footer) => _rest = footer;

    /// <exception cref="InvalidDataException">The file has no footer, or one that does not hold together.</exception>
    public static void Require(Stream file)
    {
        const int tail = 8;
        byte[] end = new byte[tail];
        if (file.Length < tail + 4)
        {
            throw new InvalidDataException("it has no footer");
        }

        file.Position = file.Length - tail;
        file.ReadExactly(end);
        int length = BinaryPrimitives.ReadInt32LittleEndian(end);
        if (!end.AsSpan(4).SequenceEqual("PAR1"u8) || length <= 0 || length > Math.Min(MostBytes, file.Length - tail - 4))
        {
            throw new InvalidDataException("it does not end as one");
        }

        byte[] footer = new byte[length];
        file.Position = file.Length - tail - length;
        file.ReadExactly(footer);
        file.Position = 0;
        var walk = new ParquetFooter(footer);
        walk.Struct("File");
    }

    private static Dictionary<int, string> Fields(string text) =>
        text.Split(' ').Chunk(2).ToDictionary(field => int.Parse(field[0], CultureInfo.InvariantCulture), field => field[1]);

    private void Struct(string name)
    {
        int number = 0;
        for (int head = Byte(); head != 0; head = Byte())
        {
            number = head >> 4 == 0 ? Signed(Number()) : number + (head >> 4); // as a difference, where it is small
            Value(head & 15, Structures[name].GetValueOrDefault(number) ?? throw Broken());
        }
    }

    private void Value(int type, string expected)
    {
        switch ((type, expected[0]))
        {
            case (1 or 2, 't'): // the type is the value
                break;
            case (3, 'y'):
                Byte();
                break;
            case (4 or 5 or 6, 'i'):
                Number();
                break;
            case (8, 'b'):
                Pass(Number());
                break;
            case (9, '['):
                int head = Byte();
                ulong count = head >> 4 == 15 ? Number() : (ulong)head >> 4;
                for (ulong i = 0; i < count; i++)
                {
                    Value(head & 15, expected[1..]); // takes a byte at least, or throws: there are no lists of truths
                }

                break;
            case (12, >= 'A' and <= 'Z'):
                Struct(expected);
                break;
            default:
                throw Broken();
        }
    }

    private int Byte()
    {
        byte value = _rest.IsEmpty ? throw Broken() : _rest[0];
        _rest = _rest[1..];
        return value;
    }

    private ulong Number()
    {
        ulong number = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            int next = Byte();
            number |= (ulong)(next & 127) << shift;
            if (next < 128)
            {
                return number;
            }
        }

        throw Broken();
    }

    private static int Signed(ulong number) => (int)((number >> 1) ^ (0 - (number & 1)));

    private void Pass(ulong bytes) => _rest = bytes <= (ulong)_rest.Length ? _rest[(int)bytes..] : throw Broken();

    private static InvalidDataException Broken() => new("its footer does not hold together");
}
