using System.Buffers.Binary;
using System.Text.Json;
using static TorchSharp.torch;

namespace ResNeXt.Training;

/// <summary>
/// Reads the safetensors format. The header is checked whole before any memory is taken for tensors: its length, the shapes, and
/// that the tensors fill the file without gaps or overlaps.
/// </summary>
internal sealed class SafeTensorsFile : WeightsFile
{
    private const long MaxHeaderBytes = 100_000_000; // the limit of the reference implementation
    private readonly FileStream _stream;
    private readonly Dictionary<string, Entry> _entries;
    private readonly long _dataStart;

    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is not of this format or is damaged.</exception>
    public SafeTensorsFile(string path)
        : base(path)
    {
        _stream = RegularFile.OpenRead(path);
        try
        {
            (Metadata, _entries, _dataStart, long? digest) = ReadHeader();
            if (Metadata.ContainsKey(ContentDigest.Mark) || Metadata.ContainsKey(ContentDigest.Key))
            {
                RequireWhole(digest);
            }
            else if (CheckpointInfo.FromMetadata(Metadata, path) is not null)
            {
                Notes = [$"'{path}' was written before checkpoints had a digest: whether its content is what was written is not known."];
            }
        }
        catch
        {
            _stream.Dispose();
            throw;
        }
    }

    public override IReadOnlyDictionary<string, string> Metadata { get; }

    public override IReadOnlyList<string> Notes { get; } = [];

    public override IReadOnlyCollection<string> Names => _entries.Keys;

    public override long[] Shape(string name) => _entries[name].Shape;

    protected override Tensor ReadTensor(string name)
    {
        Entry entry = _entries[name];
        _stream.Position = _dataStart + entry.Start;
        return TensorBytes.Read(_stream, entry.Element.Type, entry.Shape);
    }

    protected override void Dispose(bool disposing) => _stream.Dispose();

    private (Dictionary<string, string> Metadata, Dictionary<string, Entry> Entries, long DataStart, long? Digest) ReadHeader()
    {
        Span<byte> prefix = stackalloc byte[8];
        if (_stream.Length < 10)
        {
            throw Damaged("it is too short");
        }

        _stream.ReadExactly(prefix);
        long length = BinaryPrimitives.ReadInt64LittleEndian(prefix);
        if (length is < 2 or > MaxHeaderBytes || length > _stream.Length - 8)
        {
            throw Damaged("it does not begin with the length of a header");
        }

        byte[] json = new byte[length];
        _stream.ReadExactly(json);
        try
        {
            using JsonDocument header = JsonDocument.Parse(json);
            var entries = new Dictionary<string, Entry>();
            var metadata = new Dictionary<string, string>();
            foreach (JsonProperty property in header.RootElement.EnumerateObject())
            {
                if (property.NameEquals("__metadata__"))
                {
                    metadata = property.Value.Deserialize<Dictionary<string, string>>() ?? metadata;
                }
                else if (!entries.TryAdd(property.Name, ReadEntry(property)))
                {
                    throw Damaged($"'{property.Name}' stands twice in its header");
                }
            }

            CheckLayout(entries.Values, _stream.Length - 8 - length);
            int digest = json.AsSpan().IndexOf(SafeTensorsWriter.DigestEntry);
            return (metadata, entries, 8 + length, digest < 0 ? null : 8 + digest + SafeTensorsWriter.DigestEntry.Length);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw Damaged($"its header cannot be read ({exception.Message})");
        }
    }

    private void RequireWhole(long? digest)
    {
        if (digest is null || digest + ContentDigest.Blank.Length > _stream.Length || !ContentDigest.IsWhole(_stream, digest.Value))
        {
            throw Damaged("its content is not what was written, by the digest that it carries");
        }
    }

    private Entry ReadEntry(JsonProperty property)
    {
        string? typeName = property.Value.GetProperty("dtype").GetString();
        ElementType element = ElementType.All.FirstOrDefault(row => row.SafeTensorsName == typeName)
            ?? throw Damaged($"'{property.Name}' is of type '{typeName}', expected one of {string.Join(", ", ElementType.All.Select(row => row.SafeTensorsName))}");
        long[] shape = property.Value.GetProperty("shape").Deserialize<long[]>() ?? [];
        long[] offsets = property.Value.GetProperty("data_offsets").Deserialize<long[]>() ?? [];
        if (offsets.Length != 2 || shape.Length > 8 || shape.Any(size => size < 0))
        {
            throw Damaged($"'{property.Name}' has a shape or offsets that cannot be");
        }

        return offsets[0] >= 0 && offsets[1] >= offsets[0] && element.BytesOf(shape) == offsets[1] - offsets[0]
            ? new Entry(element, shape, offsets[0], offsets[1])
            : throw Damaged($"'{property.Name}' has offsets that do not hold its shape [{string.Join(", ", shape)}]");
    }

    private void CheckLayout(IEnumerable<Entry> entries, long dataLength)
    {
        long position = 0;
        foreach (Entry entry in entries.OrderBy(entry => entry.Start).ThenBy(entry => entry.End))
        {
            position = entry.Start == position ? entry.End : throw Damaged("its tensors overlap or leave gaps");
        }

        if (position != dataLength)
        {
            throw Damaged($"its tensors end at byte {position} of {dataLength}");
        }
    }

    private InvalidDataException Damaged(string why) => new($"'{Path}' is not a whole safetensors file: {why}.");

    private sealed record Entry(ElementType Element, long[] Shape, long Start, long End);
}
