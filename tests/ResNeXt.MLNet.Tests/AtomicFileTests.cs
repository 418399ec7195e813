namespace ResNeXt.MLNet.Tests;

public sealed class AtomicFileTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("resnext-tests-").FullName;

    private string Target => Path.Combine(_root, "file.bin");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Write_NewFile_HoldsTheContentAndNothingElseIsLeft()
    {
        AtomicFile.Write(Target, stream => stream.Write([1, 2, 3]));

        Assert.Equal([1, 2, 3], File.ReadAllBytes(Target));
        Assert.Equal([Target], Directory.EnumerateFileSystemEntries(_root));
    }

    [Fact]
    public void Write_FailsHalfway_KeepsWhatWasThere()
    {
        File.WriteAllText(Target, "before");

        Assert.Throws<IOException>(() => AtomicFile.Write(Target, stream =>
        {
            stream.Write(new byte[100_000]);
            throw new IOException("no space left");
        }));

        Assert.Equal("before", File.ReadAllText(Target));
        Assert.Equal([Target], Directory.EnumerateFileSystemEntries(_root));
    }

    [Fact]
    public void Write_WhileItIsWritten_ReadersSeeTheOldContent()
    {
        File.WriteAllText(Target, "before");

        AtomicFile.Write(Target, stream =>
        {
            stream.Write("after"u8);
            stream.Flush();
            Assert.Equal("before", File.ReadAllText(Target));
        });

        Assert.Equal("after", File.ReadAllText(Target));
    }
}
