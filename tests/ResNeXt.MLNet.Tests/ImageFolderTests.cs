namespace ResNeXt.MLNet.Tests;

public sealed class ImageFolderTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("resnext-tests-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Enumerate_AnyCreationOrder_SortsByClassAndPath()
    {
        Create("b/2.jpg", "b/10.jpg", "a/z.png", "B/1.gif", "a/deep/er/1.JPEG");

        IReadOnlyList<LabeledImage> images = ImageFolder.Enumerate(_root);

        Assert.Equal(["B", "a", "b"], ImageFolder.ClassNames(_root));
        Assert.Equal(["B", "a", "a", "b", "b"], images.Select(image => image.Label));
        Assert.Equal(
            ["B/1.gif", "a/deep/er/1.JPEG", "a/z.png", "b/10.jpg", "b/2.jpg"],
            images.Select(image => Path.GetRelativePath(_root, image.ImagePath).Replace('\\', '/')));
        Assert.All(images, image => Assert.True(Path.IsPathFullyQualified(image.ImagePath)));
    }

    [Fact]
    public void Enumerate_HiddenAndOtherFiles_PassesThemOver()
    {
        Create("a/1.jpg", "a/.2.jpg", "a/notes.txt", "a/.thumbnails/3.jpg", ".git/4.jpg", "readme.jpg");

        Assert.Equal("1.jpg", Path.GetFileName(Assert.Single(ImageFolder.Enumerate(_root)).ImagePath));
    }

    [Fact]
    public void Enumerate_NamesPeopleUse_KeepsThem()
    {
        Create("ants and bees/ant photo 1.jpg", "Käfer/Ameise größer.jpg", "蚂蚁/照片.jpg");

        Assert.Equal(["Käfer", "ants and bees", "蚂蚁"], ImageFolder.ClassNames(_root));
        Assert.Equal(3, ImageFolder.Enumerate(_root).Count);
    }

    [Fact]
    public void Enumerate_LinkedClassFolderAndImage_FollowsThem()
    {
        Create("elsewhere/x.jpg");
        string data = Directory.CreateDirectory(Path.Combine(_root, "data", "a")).Parent!.FullName;
        Directory.CreateSymbolicLink(Path.Combine(data, "b"), Path.Combine(_root, "elsewhere"));
        File.CreateSymbolicLink(Path.Combine(data, "a", "y.jpg"), Path.Combine(_root, "elsewhere", "x.jpg"));

        Assert.Equal(["a", "b"], ImageFolder.Enumerate(data).Select(image => image.Label));
    }

    [Fact]
    public void Files_FolderThatLinksToItself_Ends()
    {
        Create("a/1.jpg");
        Directory.CreateSymbolicLink(Path.Combine(_root, "a", "loop"), Path.Combine(_root, "a"));

        Assert.Single(ImageFolder.Files(_root));
    }

    [Fact]
    public void Enumerate_MissingFolder_NamesIt()
    {
        string missing = Path.Combine(_root, "missing");

        Assert.Contains(missing, Assert.Throws<DirectoryNotFoundException>(() => ImageFolder.Enumerate(missing)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Enumerate_NoClassFolder_SaysWhatIsExpected()
    {
        Create("1.jpg");

        Assert.Contains("one folder for each class", Assert.Throws<InvalidDataException>(() => ImageFolder.Enumerate(_root)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Enumerate_EmptyClass_NamesIt()
    {
        Create("a/1.jpg", "b/readme.txt");

        Assert.Contains(Path.Combine(_root, "b"), Assert.Throws<InvalidDataException>(() => ImageFolder.Enumerate(_root)).Message, StringComparison.Ordinal);
    }

    private void Create(params string[] files)
    {
        foreach (string file in files)
        {
            string path = Path.Combine(_root, file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, "");
        }
    }
}
