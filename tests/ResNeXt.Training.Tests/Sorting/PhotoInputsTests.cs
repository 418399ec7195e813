namespace ResNeXt.Training.Tests;

public sealed class PhotoInputsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FileTally _files = new();

    public PhotoInputsTests()
    {
        foreach (string name in new[] { "a/1.jpg", "a/2.png", "a/deep/3.jpg", "a/notes.txt", "out/cat/4.jpg" })
        {
            string path = _folder[name];
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, "");
        }
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a", "a/1.jpg", "a/2.png", "a/deep/3.jpg")]
    [InlineData("a/*.jpg", "a/1.jpg")]
    [InlineData("a/**/*.jpg", "a/1.jpg", "a/deep/3.jpg")]
    [InlineData("*/*.png", "a/2.png")]
    [InlineData("a/1.jpg", "a/1.jpg")]
    [InlineData("no such.jpg", "no such.jpg")] // fails by itself, when it is read
    public void Of_FilesFoldersPatterns_AreThePhotos(string input, params string[] expected) => Assert.Equal(expected, Of(_folder[input]));

    [Fact]
    public void Of_ListsAndStandardInput_AreReadLineByLine()
    {
        File.WriteAllText(_folder["list.txt"], $"{_folder["a/1.jpg"]}\r\n\n  {_folder["b.jpg"]}\n");
        int read = 0;
        var endless = new Endless(() => read++);

        Assert.Equal(["a/1.jpg", "b.jpg"], Of($"@{_folder["list.txt"]}"));
        Assert.Equal(3, PhotoInputs.Of(["-"], endless, _files, except: null).Take(3).Count());
        Assert.InRange(read, 3, 4); // a million lines are not held
    }

    /// <summary>What was sorted is not sorted again, though it lies in a folder that is looked through.</summary>
    [Fact]
    public void Of_FolderAboveTheSorted_LeavesItsPhotosOut()
    {
        Assert.Equal(["a/1.jpg", "a/2.png", "a/deep/3.jpg"], Of(_folder.Path, except: _folder["out"]));
        Assert.Contains("out/cat/4.jpg", Of(_folder.Path, except: _folder["ou"]));
    }

    [Fact]
    public void Of_NothingThere_SaysSo()
    {
        Assert.Contains("matches no file", Assert.Throws<FileNotFoundException>(() => Of(_folder["*.webp"])).Message, StringComparison.Ordinal);
        Assert.Contains("List 'none.txt' does not exist", Assert.Throws<FileNotFoundException>(() => Of("@none.txt")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://example.org/cat.jpg")]
    [InlineData("s3://bucket/cat.jpg")]
    public void Of_Address_IsRefused(string address) =>
        Assert.Contains("nothing is fetched from a network", Assert.Throws<UsageException>(() => Of(address)).Message, StringComparison.Ordinal);

    private string[] Of(string input, string? except = null) =>
        [.. PhotoInputs.Of([input], TextReader.Null, _files, except).Select(path => Path.GetRelativePath(_folder.Path, path).Replace('\\', '/'))];

    private sealed class Endless(Action read) : TextReader
    {
        public override string ReadLine()
        {
            read();
            return "photo.jpg";
        }
    }
}
