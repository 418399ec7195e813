using System.Text;

namespace ResNeXt.Training;

/// <summary>Tells the formats of weights by their first bytes, and says what a file that is none of them looks like.</summary>
internal static class WeightsFormat
{
    private const string Known =
        "expected PyTorch (.pth, .pt, .bin; zip or legacy), safetensors, or TorchSharp's Module.save (.dat)";

    private const int HeadBytes = 2048;

    /// <exception cref="InvalidDataException">The file is of no known format, or damaged.</exception>
    public static WeightsFile Open(string path)
    {
        byte[] head = Head(path);
        return head switch
        {
            [(byte)'P', (byte)'K', 3, 4, ..] => new PyTorchFile(path, zip: true),
            [_, _, _, _, 0, 0, 0, 0, (byte)'{', ..] => new SafeTensorsFile(path),
            _ when TorchSharpFile.Begins(head) => new TorchSharpFile(path),
            [(byte)'{', ..] when path.EndsWith(".index.json", StringComparison.OrdinalIgnoreCase) => new ShardedFile(path),
            [0x80, >= 2 and <= 5, ..] => new PyTorchFile(path, zip: false),
            _ => throw new InvalidDataException($"'{path}' holds no weights in a format that is known: it {Looks(head)}; {Known}."),
        };
    }

    private static string Looks(byte[] head)
    {
        string text = Encoding.Latin1.GetString(head);
        return head switch
        {
            [] => "is empty, download or copy it anew",
            _ when text.TrimStart().StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase) || text.TrimStart().StartsWith("<html", StringComparison.OrdinalIgnoreCase)
                => "is a page of HTML, what a failed download leaves: fetch the file anew",
            _ when text.StartsWith("version https://git-lfs", StringComparison.Ordinal) => "is a pointer of Git LFS: run 'git lfs pull' where it came from",
            [(byte)'P', (byte)'K', ..] => "is an empty or split zip archive",
            [0x1F, 0x8B, ..] => "is compressed with gzip: unpack it first",
            [0x89, (byte)'H', (byte)'D', (byte)'F', ..] => "is HDF5, as Keras writes it",
            [3 or 4, 0, 0, 0, 1, 0, 0, 0, ..] => "looks like Lua Torch (.t7): convert it to PyTorch",
            [0x08, < 32, 0x12 or 0x1A or 0x22 or 0x32 or 0x3A or 0x42, ..] => "looks like an ONNX model, a graph and no weights by name: one that `resnext export` wrote is used as it is, and one of another program can teach (train --teacher)",
            _ when text.Length > 262 && text.AsSpan(257, 5) is "ustar" => "is a tar archive, as PyTorch wrote before 0.1.10: unpack it, or save it anew in Python",
            _ when head.All(value => value == 0) => "begins with zeros, what a broken download leaves: fetch the file anew",
            _ => $"begins with the bytes {Convert.ToHexString(head.AsSpan(0, Math.Min(8, head.Length)))}",
        };
    }

    private static byte[] Head(string path)
    {
        using FileStream file = RegularFile.OpenRead(path);
        byte[] head = new byte[Math.Min(HeadBytes, file.Length)];
        return head[..file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
    }
}
