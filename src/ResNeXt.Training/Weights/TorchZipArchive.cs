using System.IO.Compression;
using System.Text;
using static TorchSharp.torch;

namespace ResNeXt.Training;

/// <summary>PyTorch's format since 1.6: a zip with <c>data.pkl</c> and a member <c>data/KEY</c> for each storage, in one folder.</summary>
/// <remarks>Members are looked up and never extracted. Checksums are not compared: it would take longer than the reading.</remarks>
internal sealed class TorchZipArchive : TorchArchive
{
    private const int MaxRatio = 16; // float weights shrink by a tenth, fresh ones to nothing
    private const long MaxSmall = 1 << 20; // on top, for small archives
    private readonly Dictionary<string, ZipArchiveEntry> _members;
    private readonly string _folder;

    /// <exception cref="InvalidDataException">With the offence as its message, to follow a colon.</exception>
    public TorchZipArchive(FileStream file)
    {
        _members = Members(OpenZip(file), file.Length);
        string pickle = _members.Keys.FirstOrDefault(name => name == "data.pkl" || (name.EndsWith("/data.pkl", StringComparison.Ordinal) && name.Count(c => c == '/') == 1))
            ?? throw new InvalidDataException("it is a zip archive without 'data.pkl'");
        _folder = pickle[..^"data.pkl".Length];
        if (_members.Keys.Any(name => name.StartsWith(_folder + "code/", StringComparison.Ordinal)))
        {
            throw new InvalidDataException("it is a TorchScript program; save its weights in Python: torch.save(torch.jit.load(FILE).state_dict(), 'weights.pth')");
        }

        if (_members.TryGetValue(_folder + "byteorder", out ZipArchiveEntry? order) && Encoding.UTF8.GetString(Content(order)) is var text and not "little")
        {
            throw new InvalidDataException($"its byte order is '{text}', expected 'little'");
        }

        Root = PickleMachine.Read(new MemoryStream(Content(_members[pickle])), []);
    }

    public override object? Root { get; }

    public override void Check(TorchStorage storage)
    {
        ZipArchiveEntry member = _members.GetValueOrDefault(Name(storage)) ?? throw new InvalidDataException($"its storage '{storage.Key}' is missing");
        if (member.Length / storage.Type.Size != storage.RootCount)
        {
            throw new InvalidDataException($"its storage '{storage.Key}' has {member.Length} bytes, expected {storage.RootBytes}");
        }
    }

    public override Tensor Read(TorchStorage storage, long offset, long[] shape)
    {
        using Stream stream = _members[Name(storage)].Open();
        Span<byte> skipped = stackalloc byte[1 << 14];
        for (long left = offset * storage.Type.Size; left > 0; left -= Math.Min(left, skipped.Length))
        {
            stream.ReadExactly(skipped[..(int)Math.Min(left, skipped.Length)]);
        }

        return TensorBytes.Read(stream, storage.Type.Type, shape);
    }

    private string Name(TorchStorage storage) => $"{_folder}data/{storage.Key}";

    private static ZipArchive OpenZip(FileStream file)
    {
        try
        {
            var zip = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
            _ = zip.Entries; // reads the directory
            return zip;
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or ArgumentException or NotSupportedException)
        {
            throw new InvalidDataException($"it begins as a zip archive and is damaged or cut off ({exception.Message.TrimEnd('.')})", exception);
        }
    }

    private static Dictionary<string, ZipArchiveEntry> Members(ZipArchive zip, long fileLength)
    {
        var members = new Dictionary<string, ZipArchiveEntry>();
        Int128 total = 0;
        foreach (ZipArchiveEntry entry in zip.Entries)
        {
            string name = entry.FullName;
            if (name.StartsWith('/') || name.Contains('\\') || name.Contains(':') || name.Split('/').Contains(".."))
            {
                throw new InvalidDataException($"its member '{name}' points outside the archive");
            }

            if (!members.TryAdd(name, entry))
            {
                throw new InvalidDataException($"its member '{name}' is there twice");
            }

            total += entry.Length;
        }

        return total <= ((Int128)fileLength * MaxRatio) + MaxSmall ? members
            : throw new InvalidDataException($"it would unpack to {total} bytes, more than {MaxRatio} times its own {fileLength}");
    }

    private static byte[] Content(ZipArchiveEntry entry)
    {
        if (entry.Length > PickleInput.MaxBytes)
        {
            throw new InvalidDataException($"its member '{entry.FullName}' has {entry.Length} bytes, expected at most {PickleInput.MaxBytes}");
        }

        byte[] content = new byte[entry.Length];
        using Stream stream = entry.Open();
        stream.ReadExactly(content);
        return content;
    }
}
