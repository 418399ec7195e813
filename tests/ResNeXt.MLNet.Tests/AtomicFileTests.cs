using System.Runtime.Versioning;

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

    [Theory]
    [InlineData("600")]
    [InlineData("666")]
    [InlineData("750")]
    [UnsupportedOSPlatform("windows")]
    public void Write_OverAFile_KeepsItsRights(string octal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Rights are Unix's.");
        var mode = (UnixFileMode)Convert.ToInt32(octal, 8);
        File.WriteAllText(Target, "before");
        File.SetUnixFileMode(Target, mode);

        AtomicFile.Write(Target, stream =>
        {
            Assert.Equal(mode, File.GetUnixFileMode(stream.Name));
            stream.Write("after"u8);
        });

        Assert.Equal(("after", mode), (File.ReadAllText(Target), File.GetUnixFileMode(Target)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Write_OverALink_WritesWhereItLeads(bool exists)
    {
        string link = Path.Combine(_root, "link"), second = Path.Combine(_root, "second");
        if (exists)
        {
            File.WriteAllText(Target, "before");
        }

        File.CreateSymbolicLink(second, Target);
        File.CreateSymbolicLink(link, "second");

        AtomicFile.WriteText(link, "after");

        Assert.Equal("after", File.ReadAllText(Target));
        Assert.Equal(("second", Target), (new FileInfo(link).LinkTarget, new FileInfo(second).LinkTarget));
    }

    [Fact]
    public async Task Write_OverAPipeOrADevice_WritesToIt()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Pipes of that kind are Unix's.");
        Shell($"mkfifo {Target}");
        Task<string> read = Task.Run(() => File.ReadAllText(Target), TestContext.Current.CancellationToken);

        AtomicFile.Write(Target, stream =>
        {
            stream.Write("no, "u8);
            stream.Position = 0; // as writers of Parquet may
            stream.Write("yes"u8);
            stream.SetLength(3);
        });
        AtomicFile.WriteText("/dev/null", "gone");

        Assert.Equal("yes", await read.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        Assert.True(RegularFile.IsSpecial(Target) && RegularFile.IsSpecial("/dev/null"));
    }

    /// <summary>To open one would wait for ever.</summary>
    [Fact]
    public void Reading_PipesAndDevices_IsRefused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Pipes of that kind are Unix's.");
        Shell($"mkfifo {Target}.jpg");
        foreach (string path in new[] { $"{Target}.jpg", "/dev/zero" })
        {
            string expected = $"'{path}' is a pipe or a device: expected a regular file. Write what it gives to a file first.";
            Assert.Equal(expected, Assert.Throws<InvalidDataException>(() => ImageDecoder.DecodeFile(path)).Message);
            Assert.Equal(expected, Assert.Throws<InvalidDataException>(() => ResNeXtPredictor.Load(path)).Message);
        }

        Assert.False(RegularFile.IsSpecial(Path.Combine(_root, "nothing")));
        Assert.False(RegularFile.IsSpecial(_root));
    }

    private static void Shell(string line)
    {
        using var shell = System.Diagnostics.Process.Start("sh", ["-c", line]);
        shell.WaitForExit();
        Assert.Equal(0, shell.ExitCode);
    }
}
