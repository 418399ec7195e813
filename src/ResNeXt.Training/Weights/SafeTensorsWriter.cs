using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using static TorchSharp.torch;

namespace ResNeXt.Training;

/// <summary>Writes the safetensors format: the length of a JSON header, the header, then the tensors' bytes without gaps.</summary>
internal static class SafeTensorsWriter
{
    /// <summary>What stands before the digits of the <see cref="ContentDigest"/> in a header.</summary>
    public static byte[] DigestEntry { get; } = Encoding.ASCII.GetBytes($"\"{ContentDigest.Key}\":\"");

    /// <summary>Writes a file with the digest of its content.</summary>
    /// <param name="stream">Receives the file; read again for the digest.</param>
    /// <param name="tensors">Names and values, of any strides and device.</param>
    /// <param name="metadata">Free text pairs for the header's <c>__metadata__</c>.</param>
    public static void WriteSealed(Stream stream, IReadOnlyList<(string Name, Tensor Value)> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        byte[] header = Write(stream, tensors, new Dictionary<string, string>(metadata) { [ContentDigest.Mark] = ContentDigest.Kind, [ContentDigest.Key] = ContentDigest.Blank });
        ContentDigest.Seal(stream, sizeof(long) + header.AsSpan().IndexOf(DigestEntry) + DigestEntry.Length);
    }

    /// <param name="stream">Receives the file.</param>
    /// <param name="tensors">Names and values, of any strides and device.</param>
    /// <param name="metadata">Free text pairs for the header's <c>__metadata__</c>.</param>
    /// <returns>The header.</returns>
    public static byte[] Write(Stream stream, IReadOnlyList<(string Name, Tensor Value)> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        byte[] header = Header(tensors, metadata);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach ((_, Tensor value) in tensors)
        {
            TensorBytes.Write(stream, value);
        }

        return header;
    }

    private static byte[] Header(IReadOnlyList<(string Name, Tensor Value)> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        var header = new Dictionary<string, object> { ["__metadata__"] = metadata };
        long offset = 0;
        foreach ((string name, Tensor value) in tensors)
        {
            long end = offset + (value.numel() * value.element_size());
            header.Add(name, new { dtype = ElementType.Of(value.dtype).SafeTensorsName, shape = value.shape, data_offsets = new[] { offset, end } });
            offset = end;
        }

        byte[] json = JsonSerializer.SerializeToUtf8Bytes(header);
        byte[] padded = new byte[(json.Length + 7) / 8 * 8]; // the format asks for tensors that begin at a multiple of 8
        padded.AsSpan().Fill((byte)' ');
        json.CopyTo(padded, 0);
        return padded;
    }
}
