using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace ResNeXt.Training.Tests;

/// <summary>Pickles by hand, in characters that stand for bytes, and files around them.</summary>
internal static class PickleText
{
    public const string Dictionary = "}", Reduce = "R", Stop = ".";

    public static string Text(string text) => "X" + Bytes(4, text.Length) + text;

    public static string Integer(long value) => "\u008a\u0008" + Bytes(8, value);

    public static string Tuple(params long[] values) => "(" + string.Concat(values.Select(Integer)) + "t";

    public static string Global(string module, string name) => $"c{module}\n{name}\n";

    public static string Storage(string type = "FloatStorage", string key = "0", long count = 4, string rest = "") =>
        "(" + Text("storage") + Global("torch", type) + Text(key) + Text("cpu") + Integer(count) + rest + "tQ";

    public static string Tensor(string storage, long offset, string shape, string strides) =>
        Global("torch._utils", "_rebuild_tensor_v2") + "(" + storage + Integer(offset) + shape + strides + "\u0089" + Global("collections", "OrderedDict") + ")RtR";

    public static string StateDict(string tensor) => Dictionary + Text("weight") + tensor + "s.";

    /// <summary>A legacy file whose object is this pickle, with one storage of four floats.</summary>
    public static byte[] Legacy(string pickle) =>
    [
        .. Latin1("\u0080\u0002\u008a\u000al\u00fc\u009cF\u00f9 j\u00a8P\u0019." + "\u0080\u0002M\u00e9\u0003." + "\u0080\u0002}."), .. Latin1("\u0080\u0002" + pickle),
        .. Latin1("\u0080\u0002]" + Text("0") + "a." + Bytes(8, 4)), .. new byte[16],
    ];

    /// <summary>A zip file whose data.pkl is this pickle.</summary>
    public static byte[] Zip(string pickle, params (string Name, byte[] Content)[] members)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] content) in members.Prepend(("archive/data.pkl", Latin1("\u0080\u0002" + pickle))))
            {
                using Stream entry = zip.CreateEntry(name).Open();
                entry.Write(content);
            }
        }

        return stream.ToArray();
    }

    public static byte[] Latin1(string text) => Encoding.Latin1.GetBytes(text);

    private static string Bytes(int count, long value)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return Encoding.Latin1.GetString(bytes, 0, count);
    }
}
