namespace ResNeXt.Training;

/// <summary>Takes the CRC-32 of zip (ISO 3309, polynomial 0xEDB88320) of what is written, and its length.</summary>
internal sealed class Crc32Stream : Stream
{
    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(index => Enumerable.Range(0, 8).Aggregate((uint)index, (crc, _) => (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320))];
    private uint _state = uint.MaxValue;
    private long _length;

    public uint Value => ~_state;

    public override long Length => _length;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Position
    {
        get => _length;
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        uint state = _state;
        foreach (byte value in buffer)
        {
            state = Table[(byte)(state ^ value)] ^ (state >> 8);
        }

        (_state, _length) = (state, _length + buffer.Length);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
