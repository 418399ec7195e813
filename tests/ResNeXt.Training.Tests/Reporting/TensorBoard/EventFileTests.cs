using System.Buffers.Binary;
using Google.Protobuf;
using ResNeXt.Training.TensorBoard;

namespace ResNeXt.Training.Tests;

public sealed class EventFileTests(Shapes shapes)
{
    /// <summary>The check value that catalogues of checksums give for CRC-32C.</summary>
    [Fact]
    public void Checksum_OneToNine_IsTheCataloguesValue() => Assert.Equal(0xE3069283, EventRecord.Checksum("123456789"u8));

    /// <summary>
    /// The first record of every file that TensorFlow writes is 24 bytes long and so begins with these twelve: length and masked checksum of it.
    /// The message is 9 bytes of time, and tag, length and text of the version.
    /// </summary>
    [Fact]
    public void Write_FirstRecord_IsTensorFlows()
    {
        byte[] file = File.ReadAllBytes(Write(Rows.Epoch(1)));

        Assert.Equal([0x18, 0, 0, 0, 0, 0, 0, 0, 0xA3, 0x7F, 0x4B, 0x22], file[..12]);
        Assert.Equal([0x09, .. BitConverter.GetBytes(1_700_000_000.5), 0x1A, 13, .. "brain.Event:2"u8], file[12..36]);
    }

    [Fact]
    public void Write_Epochs_AreReadBackByTag()
    {
        Event[] events = Read(File.ReadAllBytes(Write(Rows.Epoch(1, trainTop1: null), Rows.Epoch(2))));

        Assert.Equal([0, 1, 2], events.Select(one => one.Step));
        Assert.Equal(1_700_000_001, events[2].WallTime);
        Assert.Equal(
            [
                "loss/train", "loss/validation", "accuracy/train top-1", "accuracy/validation top-1", "accuracy/validation top-5",
                "training/learning rate", "training/images per second", "training/data wait", "training/memory MB",
            ],
            events[2].Summary.Value.Select(value => value.Tag));
        Assert.Equal([1, 1.25f, 0.5f, 0.5f, 1, 0.05f, 100.5f, 0.02f, 512.3f], events[2].Summary.Value.Select(value => value.SimpleValue));
        Assert.DoesNotContain(events[1].Summary.Value, value => value.Tag == "accuracy/train top-1");
    }

    /// <summary>A TensorBoard that has the file open must see it grow, not a new one in its place.</summary>
    [Fact]
    public void Write_OneEpochMore_AppendsToTheSameFile()
    {
        string path = Write(Rows.Epoch(1)), folder = Path.GetDirectoryName(path)!;
        using FileStream follower = File.OpenRead(path);
        long before = follower.Length;

        EventFile.Write(folder, [Rows.Epoch(1), Rows.Epoch(2)]);

        Assert.True(follower.Length > before);
        Assert.Single(Directory.EnumerateFiles(folder));
        Assert.Equal(3, Read(File.ReadAllBytes(path)).Length);
    }

    [Fact]
    public void Write_DamagedFile_IsWrittenAnew()
    {
        string path = Write(Rows.Epoch(1));
        byte[] whole = File.ReadAllBytes(path);
        File.WriteAllBytes(path, [.. whole, 1, 2, 3]); // more than the history has: another run's, or torn

        EventFile.Write(Path.GetDirectoryName(path)!, [Rows.Epoch(1)]);

        Assert.Equal(whole, File.ReadAllBytes(path));
    }

    private string Write(params EpochMetrics[] rows)
    {
        string folder = Directory.CreateDirectory(shapes.NewPath()).FullName;
        EventFile.Write(folder, rows);
        return Path.Combine(folder, "events.out.tfevents.1700000000.resnext");
    }

    /// <summary>A reader of record files, with a checksum of its own, bit by bit.</summary>
    private static Event[] Read(byte[] file)
    {
        var events = new List<Event>();
        for (int at = 0; at < file.Length;)
        {
            int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(at));
            Assert.Equal(Masked(file.AsSpan(at, 8)), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 8)));
            Assert.Equal(Masked(file.AsSpan(at + 12, length)), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 12 + length)));
            events.Add(Event.Parser.ParseFrom(ByteString.CopyFrom(file, at + 12, length)));
            at += 16 + length;
        }

        return [.. events];
    }

    private static uint Masked(ReadOnlySpan<byte> data)
    {
        uint crc = 0xFFFFFFFF;
        foreach (byte value in data)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 1 ? (crc >> 1) ^ 0x82F63B78 : crc >> 1;
            }
        }

        crc = ~crc;
        return ((crc >> 15) | (crc << 17)) + 0xA282EAD8;
    }
}
