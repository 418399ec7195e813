using System.Runtime.InteropServices;

namespace ResNeXt.Training;

/// <summary>Rows of floats, in memory, or in a temporary file when they are many.</summary>
internal sealed class FeatureStore : IDisposable
{
    /// <summary>Half a GiB: 65,536 images of 2048 features.</summary>
    public const long LargestInMemory = 1L << 29;

    private readonly int _width;
    private readonly float[]? _memory;
    private readonly FileStream? _file;

    /// <param name="rows">How many rows.</param>
    /// <param name="width">Values in a row.</param>
    /// <param name="path">The temporary file lies beside this path, and is gone with this object.</param>
    /// <param name="largestInMemory">From how many bytes on there is a file.</param>
    public FeatureStore(int rows, int width, string path, long largestInMemory = LargestInMemory)
    {
        _width = width;
        long bytes = (long)rows * width * sizeof(float);
        if (bytes <= largestInMemory)
        {
            _memory = new float[rows * width];
            return;
        }

        string temporary = Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}.tmp"); // as AtomicFile names its own
        _file = new FileStream(temporary, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            Options = FileOptions.DeleteOnClose | FileOptions.RandomAccess,
            PreallocationSize = bytes, // a full disk shows now
            BufferSize = 0,
        });
    }

    /// <param name="row">The first row that is written.</param>
    /// <param name="values">Whole rows.</param>
    public void Write(int row, ReadOnlySpan<float> values)
    {
        if (_memory is not null)
        {
            values.CopyTo(_memory.AsSpan(row * _width));
            return;
        }

        RandomAccess.Write(_file!.SafeFileHandle, MemoryMarshal.AsBytes(values), (long)row * _width * sizeof(float));
    }

    /// <param name="row">Which row.</param>
    /// <param name="target">Receives it.</param>
    public void Read(int row, Span<float> target)
    {
        if (_memory is not null)
        {
            _memory.AsSpan(row * _width, _width).CopyTo(target);
            return;
        }

        Span<byte> bytes = MemoryMarshal.AsBytes(target);
        for (int read = 0; read < bytes.Length;)
        {
            int count = RandomAccess.Read(_file!.SafeFileHandle, bytes[read..], ((long)row * _width * sizeof(float)) + read);
            read += count > 0 ? count : throw new EndOfStreamException($"'{_file.Name}' has become shorter: expected row {row}.");
        }
    }

    public void Dispose() => _file?.Dispose();
}
