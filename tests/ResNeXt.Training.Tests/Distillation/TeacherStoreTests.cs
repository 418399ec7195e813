namespace ResNeXt.Training.Tests;

public sealed class TeacherStoreTests(Shapes shapes)
{
    private const int Rows = (2 * TeacherStore.BlockRows) + 3, Width = 5;

    [Fact]
    public void Create_AgainAfterAKill_HasTheBlocksThatWereWritten()
    {
        string folder = shapes.NewPath();
        using (var first = Store(folder))
        {
            first.Write(0, Block(first, 0));
            first.Write(2, Block(first, 2));
        }

        using TeacherStore again = Store(folder);

        Assert.Equal([true, false, true], Enumerable.Range(0, 3).Select(block => Read(again, block).IsWhole));
        Assert.Equal([true, false, true], Enumerable.Range(0, 3).Select(block => Read(again, block).Written));
        var row = new Half[Width];
        again.Read(Rows - 1, row);
        Assert.Equal(Block(again, 2)[^Width..], row);
    }

    /// <summary>Whichever byte of rows or digests changes, and however short a file becomes.</summary>
    [Theory]
    [InlineData("outputs.f16", 0)]
    [InlineData("outputs.f16", (TeacherStore.BlockRows * Width * 2) - 1)]
    [InlineData("outputs.sha256", 7)]
    public void TryRead_AChangedByte_IsDamage(string file, int at)
    {
        string folder = shapes.NewPath();
        using (var first = Store(folder))
        {
            Array.ForEach([0, 1, 2], block => first.Write(block, Block(first, block)));
        }

        string path = Path.Combine(folder, file);
        byte[] bytes = File.ReadAllBytes(path);
        bytes[at] ^= 1;
        File.WriteAllBytes(path, bytes[..^1]);

        using TeacherStore again = Store(folder);
        Assert.Equal([(false, true), (true, true)], Enumerable.Range(0, 2).Select(block => Read(again, block)));
        Assert.False(Read(again, 2).IsWhole);
    }

    [Fact]
    public void Create_OfAnotherTeacher_StartsAnewAndSaysSo()
    {
        string folder = shapes.NewPath();
        using (var first = Store(folder))
        {
            first.Write(0, Block(first, 0));
        }

        List<string> log = [];
        using var other = TeacherStore.Create(folder, "another", Rows, Width, shared: false, log.Add);

        Assert.Equal((false, false), Read(other, 0));
        Assert.Contains("another teacher, or of other photos", Assert.Single(log), StringComparison.Ordinal);
    }

    [Fact]
    public void Create_SharedWithAnotherTeacher_IsRefused()
    {
        string folder = shapes.NewPath();
        using (var first = Store(folder))
        {
            first.Write(0, Block(first, 0));
        }

        string message = Assert.Throws<InvalidDataException>(() => TeacherStore.Create(folder, "another", Rows, Width, shared: true, null)).Message;

        Assert.Contains("(there: index; now: another): give another folder (--teacher-cache)", message, StringComparison.Ordinal);
        using TeacherStore again = Store(folder);
        Assert.Equal((true, true), Read(again, 0));
    }

    [Fact]
    public void Create_LargerThanTheDisk_SaysHowMuchIsMissing()
    {
        string message = Assert.Throws<IOException>(() => TeacherStore.Create(shapes.NewPath(), "index", int.MaxValue, 1 << 20, shared: false, null)).Message;

        Assert.Matches("need 4[0-9.]+ GB more in '.+', and its disk has", message);
        Assert.Contains("--teacher-cache", message, StringComparison.Ordinal);
    }

    private static TeacherStore Store(string folder) => TeacherStore.Create(folder, "index", Rows, Width, shared: false, null);

    private static Half[] Block(TeacherStore store, int block)
    {
        (int first, int count) = store.Rows(block).GetOffsetAndLength(Rows);
        return [.. Enumerable.Range(first * Width, count * Width).Select(value => (Half)(value % 1000))];
    }

    private static (bool IsWhole, bool Written) Read(TeacherStore store, int block)
    {
        var values = new Half[store.Rows(block).GetOffsetAndLength(Rows).Length * Width];
        bool whole = store.TryRead(block, values, out bool written);
        Assert.True(!whole || values.AsSpan().SequenceEqual(Block(store, block)));
        return (whole, written);
    }
}
