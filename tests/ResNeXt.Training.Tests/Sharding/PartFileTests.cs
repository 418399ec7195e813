using System.Text;

namespace ResNeXt.Training.Tests;

public sealed class PartFileTests(Shapes shapes)
{
    private static readonly PartInfo Info = new()
    {
        Kind = PartKind.Features,
        List = new string('a', 64),
        Model = new string('b', 64),
        Settings = "none",
        Columns = ["f0", "f1"],
        Shard = 0,
        Shards = 2,
        Rows = 3,
    };

    [Fact]
    public void Read_AsWritten_GivesTheRows()
    {
        string folder = Parts();
        PartRow[] rows = [.. PartFolder.Open(folder).ReadAll()];

        PartRow[] written = [.. Rows(0), .. Rows(1)];
        Assert.Equal(written.Select(row => (row.Path, row.Error)), rows.Select(row => (row.Path, row.Error)));
        Assert.Equal(written.Select(row => row.Values), rows.Select(row => row.Values));
    }

    /// <summary>Data, statistics, names, lengths and hashes: what decoding passes over is damage, too, and it may lie about the job or the part.</summary>
    [Fact]
    public void Open_AnyByteOfAPartFlipped_IsRefusedByItsName()
    {
        string folder = Parts(), damaged = Directory.GetFiles(folder).Order(StringComparer.Ordinal).First();
        byte[] whole = File.ReadAllBytes(damaged);
        for (int i = 0; i < whole.Length; i++)
        {
            byte[] bytes = [.. whole];
            bytes[i] ^= (byte)(1 << (i % 8));
            AssertRefused(bytes, $"byte {i} of {whole.Length}");
        }

        for (int length = 0; length < whole.Length; length += 7)
        {
            AssertRefused(whole[..length], $"cut to {length} bytes");
        }

        AssertRefused([.. whole, 0], "a byte more");

        void AssertRefused(byte[] bytes, string what)
        {
            File.Delete(damaged); // to write over a file waits for the disk on ext4
            File.WriteAllBytes(damaged, bytes);
            string? message = Assert.ThrowsAny<InvalidDataException>(() => PartFolder.Open(folder).ReadAll().Count()).Message;
            Assert.True(message.StartsWith($"'{damaged}' ", StringComparison.Ordinal), $"{what}: {message}");
        }
    }

    [Fact]
    public void ReadInfo_PartOfAnEarlierVersion_SaysSo()
    {
        string part = Directory.GetFiles(Parts())[0];
        string text = Encoding.Latin1.GetString(File.ReadAllBytes(part));
        string without = text.Replace("sha256 of all other bytes", "some other entry, 25 long", StringComparison.Ordinal);
        File.WriteAllBytes(part, Encoding.Latin1.GetBytes(without));

        Assert.Equal(
            $"'{part}' has no hash of its bytes: an earlier version wrote it, or it is damaged. Delete it and run its shard again.",
            Assert.Throws<InvalidDataException>(() => PartFile.ReadInfo(part)).Message);
    }

    private static PartRow[] Rows(int shard) =>
    [
        new($"/images/{shard}/a.jpg", "", [1.5f, -2]),
        new($"/images/{shard}/b.jpg", "no image", [float.NaN, float.NaN]),
        new($"/images/{shard}/c.jpg", "", [0, 1e-9f]),
    ];

    private string Parts()
    {
        string folder = Directory.CreateDirectory(shapes.NewPath()).FullName;
        for (int shard = 0; shard < Info.Shards; shard++)
        {
            string part = Path.Combine(folder, new Shard(shard, Info.Shards, "").FileName);
            PartFile.Write(part, Info with { Shard = shard }, Rows(shard));
        }

        return folder;
    }
}
