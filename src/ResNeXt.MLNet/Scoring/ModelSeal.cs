using System.Text;

namespace ResNeXt.MLNet;

/// <summary>The <see cref="ContentDigest"/> of a model file: an entry of its metadata.</summary>
internal static class ModelSeal
{
    /// <summary>The entry as protobuf writes it: the key, then the tag and the length of the value.</summary>
    private static readonly byte[] Entry = [.. Encoding.ASCII.GetBytes(ContentDigest.Key), 0x12, (byte)ContentDigest.Blank.Length];

    private static readonly byte[] Mark = Encoding.ASCII.GetBytes(ContentDigest.Mark);

    /// <summary>Seals a serialized model, whose metadata have the entry with <see cref="ContentDigest.Blank"/>.</summary>
    public static byte[] Seal(byte[] onnx)
    {
        ContentDigest.Seal(new MemoryStream(onnx), Place(onnx) ?? throw new InvalidOperationException($"The model has no entry {ContentDigest.Key}."));
        return onnx;
    }

    /// <returns>Whether the model is as it was written; true of one that has no seal, as those of before and of others.</returns>
    public static bool IsWhole(byte[] onnx) => Place(onnx) is int at ? ContentDigest.IsWhole(new MemoryStream(onnx), at) : onnx.AsSpan().LastIndexOf(Mark) < 0;

    /// <summary>Where the digits begin. The metadata stand at the end, so that is where the search starts.</summary>
    private static int? Place(ReadOnlySpan<byte> onnx) =>
        onnx.LastIndexOf(Entry) is int entry and >= 0 && entry + Entry.Length + ContentDigest.Blank.Length <= onnx.Length ? entry + Entry.Length : null;
}
