using System.Text;
using static TorchSharp.torch;

namespace ResNeXt.Training;

/// <summary>
/// Reads what TorchSharp's <c>Module.save</c> writes, usually <c>.dat</c>: a count, then for each tensor its name, type, shape and bytes,
/// with every number in LEB128. The format has no mark of its own, so its first name tells it from others.
/// </summary>
internal sealed class TorchSharpFile : WeightsFile
{
    private const int MaxNameBytes = 1 << 10, MaxRank = 8, MaxTensors = 1 << 16;
    private readonly FileStream _stream;
    private readonly Dictionary<string, Entry> _entries = [];

    /// <exception cref="InvalidDataException">The file is not of this format or is damaged.</exception>
    public TorchSharpFile(string path)
        : base(path)
    {
        _stream = RegularFile.OpenRead(path);
        try
        {
            ReadEntries();
        }
        catch
        {
            _stream.Dispose();
            throw;
        }
    }

    public override IReadOnlyCollection<string> Names => _entries.Keys;

    public override long[] Shape(string name) => _entries[name].Shape;

    /// <summary>Whether a file may be one: a count, a printable name, a type and a rank.</summary>
    /// <param name="head">The file's first bytes.</param>
    public static bool Begins(byte[] head)
    {
        using var stream = new MemoryStream(head);
        return Number(stream) is >= 1 and <= MaxTensors && Number(stream) is long length and >= 1 and <= MaxNameBytes && length < stream.Length - stream.Position
            && head.AsSpan((int)stream.Position, (int)length).IndexOfAnyExceptInRange((byte)'!', (byte)'~') < 0
            && head[(int)(stream.Position + length)] <= (byte)ScalarType.BFloat16;
    }

    protected override Tensor ReadTensor(string name)
    {
        Entry entry = _entries[name];
        _stream.Position = entry.Start;
        return TensorBytes.Read(_stream, entry.Type, entry.Shape);
    }

    protected override void Dispose(bool disposing) => _stream.Dispose();

    private void ReadEntries()
    {
        for (long count = Number(0, MaxTensors, "count of tensors"); count > 0; count--)
        {
            byte[] bytes = new byte[Number(0, MaxNameBytes, "length of a name")];
            if (_stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
            {
                throw Damaged("it ends within a name");
            }

            string name = Encoding.UTF8.GetString(bytes);
            var type = (ScalarType)Number(0, (long)ScalarType.BFloat16, $"type of '{name}'");
            ElementType element = ElementType.All.FirstOrDefault(row => row.Type == type) ?? throw Damaged($"'{name}' is of type {type}");
            long[] shape = new long[Number(0, MaxRank, $"rank of '{name}'")];
            for (int i = 0; i < shape.Length; i++)
            {
                shape[i] = Number(0, long.MaxValue, $"shape of '{name}'");
            }

            if (element.BytesOf(shape) is not long size || size > _stream.Length - _stream.Position)
            {
                throw Damaged($"'{name}' of shape [{string.Join(", ", shape)}] goes past the end");
            }

            if (!_entries.TryAdd(name, new Entry(type, shape, _stream.Position)))
            {
                throw Damaged($"'{name}' is there twice");
            }

            _stream.Position += size;
        }

        if (_stream.Position != _stream.Length)
        {
            throw Damaged($"its tensors end at byte {_stream.Position} of {_stream.Length}");
        }
    }

    private long Number(long least, long most, string what) =>
        Number(_stream) is long value && value >= least && value <= most ? value : throw Damaged($"the {what} cannot be, or is missing");

    private static long? Number(Stream stream)
    {
        long value = 0;
        for (int shift = 0; shift < 63; shift += 7)
        {
            int next = stream.ReadByte();
            if (next < 0)
            {
                return null;
            }

            value |= (next & 0x7FL) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        return null;
    }

    private InvalidDataException Damaged(string why) => new($"'{Path}' is not a whole file of TorchSharp: {why}.");

    private sealed record Entry(ScalarType Type, long[] Shape, long Start);
}
