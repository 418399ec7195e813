using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace ResNeXt.Training;

/// <summary>
/// A teacher's outputs on disk: <c>outputs.f16</c>, a row of float16 for each photo; <c>outputs.sha256</c>, a digest of each block of rows, written when they are on the disk;
/// <c>index.txt</c>, what they are of. A block counts when its digest fits: whatever a kill or a bad disk left of the others is made anew.
/// </summary>
internal sealed class TeacherStore : IDisposable
{
    /// <summary>Photos whose outputs a kill may cost.</summary>
    public const int BlockRows = 128;

    private const int DigestBytes = SHA256.HashSizeInBytes;

    private readonly SafeFileHandle _rows;
    private readonly SafeFileHandle _digests;
    private readonly byte[] _index;
    private readonly int _width;

    private TeacherStore(string folder, string index, int count, int width, FileAccess access)
    {
        (Folder, Count, _width, _index) = (folder, count, width, SHA256.HashData(Encoding.UTF8.GetBytes(index)));
        _rows = File.OpenHandle(Path.Combine(folder, "outputs.f16"), FileMode.OpenOrCreate, access, FileShare.ReadWrite, FileOptions.RandomAccess);
        _digests = File.OpenHandle(Path.Combine(folder, "outputs.sha256"), FileMode.OpenOrCreate, access, FileShare.ReadWrite);
    }

    /// <summary>Where it is.</summary>
    public string Folder { get; }

    /// <summary>Photos.</summary>
    public int Count { get; }

    /// <summary>Blocks.</summary>
    public int BlockCount => (Count + BlockRows - 1) / BlockRows;

    /// <summary>Bytes of a whole one.</summary>
    public long Bytes => (long)Count * _width * sizeof(ushort);

    /// <summary>Opens one, or makes it.</summary>
    /// <param name="folder">Where; created when missing.</param>
    /// <param name="index">Everything that its rows depend on, as text.</param>
    /// <param name="count">Rows.</param>
    /// <param name="width">Values in a row.</param>
    /// <param name="shared">Whether other runs may need what is there, so that another teacher's outputs are an error; else they are thrown away.</param>
    /// <param name="log">Told when something is thrown away.</param>
    /// <exception cref="InvalidDataException">It is shared, and has the outputs of another teacher or of other photos.</exception>
    /// <exception cref="IOException">The folder cannot be written to, or its disk is too small.</exception>
    public static TeacherStore Create(string folder, string index, int count, int width, bool shared, Action<string>? log)
    {
        WritableFolder.Prove(folder);
        string path = Path.Combine(folder, "index.txt");
        AtomicFile.RemoveLeftovers(path);
        if (!File.Exists(path) || File.ReadAllText(path) != index)
        {
            if (File.Exists(path))
            {
                if (shared)
                {
                    throw new InvalidDataException($"'{folder}' has the outputs of another teacher, or of other photos ({Difference(File.ReadAllText(path), index)}): give another folder (--teacher-cache), or remove it.");
                }

                log?.Invoke($"'{folder}' has the outputs of another teacher, or of other photos: they are made anew.");
            }

            File.Delete(Path.Combine(folder, "outputs.sha256")); // before the index says that they are its own
            File.Delete(Path.Combine(folder, "outputs.f16"));
            AtomicFile.WriteText(path, index);
        }

        var store = new TeacherStore(folder, index, count, width, FileAccess.ReadWrite);
        try
        {
            store.RequireRoom();
            return store;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>Opens one that another process made.</summary>
    /// <inheritdoc cref="Create"/>
    public static TeacherStore Open(string folder, string index, int count, int width) => new(folder, index, count, width, FileAccess.ReadWrite);

    /// <summary>The rows of a block.</summary>
    public Range Rows(int block) => (block * BlockRows)..Math.Min(Count, (block + 1) * BlockRows);

    /// <summary>Keeps a block.</summary>
    /// <param name="block">Which.</param>
    /// <param name="values">Its rows.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Write(int block, ReadOnlySpan<Half> values)
    {
        RandomAccess.Write(_rows, MemoryMarshal.AsBytes(values), Position(block * BlockRows));
        RandomAccess.FlushToDisk(_rows); // the digest must not be there before what it is of
        RandomAccess.Write(_digests, Digest(block, values), (long)block * DigestBytes);
        RandomAccess.FlushToDisk(_digests);
    }

    /// <summary>Reads a whole block.</summary>
    /// <param name="block">Which.</param>
    /// <param name="values">Receives its rows.</param>
    /// <param name="written">Whether there was anything of it.</param>
    /// <returns>Whether it is whole.</returns>
    public bool TryRead(int block, Span<Half> values, out bool written)
    {
        Span<byte> digest = stackalloc byte[DigestBytes];
        digest.Clear();
        written = Fill(_digests, digest, (long)block * DigestBytes) == DigestBytes && digest.ContainsAnyExcept((byte)0);
        Span<byte> bytes = MemoryMarshal.AsBytes(values);
        return written && Fill(_rows, bytes, Position(block * BlockRows)) == bytes.Length && digest.SequenceEqual(Digest(block, values));
    }

    /// <param name="row">Which row.</param>
    /// <param name="values">Receives it.</param>
    /// <exception cref="IOException">It is no longer there.</exception>
    public void Read(int row, Span<Half> values)
    {
        Span<byte> bytes = MemoryMarshal.AsBytes(values);
        if (Fill(_rows, bytes, Position(row)) < bytes.Length)
        {
            throw new EndOfStreamException($"The teacher's outputs in '{Folder}' have become shorter: expected row {row}. Resume the run.");
        }
    }

    public void Dispose()
    {
        _rows.Dispose();
        _digests.Dispose();
    }

    /// <summary>The first line that is another.</summary>
    private static string Difference(string there, string wanted) =>
        there.Split('\n').Zip(wanted.Split('\n')).Where(pair => pair.First != pair.Second).Select(pair => $"there: {pair.First}; now: {pair.Second}").FirstOrDefault("it is cut off");

    private static int Fill(SafeFileHandle file, Span<byte> bytes, long position)
    {
        int read = 0;
        for (int count = -1; read < bytes.Length && count != 0; read += count)
        {
            count = RandomAccess.Read(file, bytes[read..], position + read);
        }

        return read;
    }

    private long Position(int row) => (long)row * _width * sizeof(ushort);

    private byte[] Digest(int block, ReadOnlySpan<Half> values)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(_index);
        hash.AppendData(BitConverter.GetBytes(block));
        hash.AppendData(MemoryMarshal.AsBytes(values));
        return hash.GetHashAndReset();
    }

    private void RequireRoom()
    {
        long missing = Bytes - RandomAccess.GetLength(_rows), free = new DriveInfo(Folder).AvailableFreeSpace;
        if (missing > free)
        {
            throw new IOException(FormattableString.Invariant(
                $"The teacher's outputs need {missing / 1e9:F1} GB more in '{Folder}', and its disk has {free / 1e9:F1} GB: free some space, give another folder (--teacher-cache), or learn a vector, not a map (--teacher-output)."));
        }
    }
}
