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
    public void Files_LinkedFolderBelow_IsFollowedOutOfTheFolder()
    {
        Create("elsewhere/deep/2.jpg", "data/a/1.jpg");
        Directory.CreateSymbolicLink(Path.Combine(_root, "data", "a", "more"), Path.Combine(_root, "elsewhere"));

        Assert.Equal(["a/1.jpg", "a/more/deep/2.jpg"], ImageFolder.Files(Path.Combine(_root, "data")).Select(path => Path.GetRelativePath(Path.Combine(_root, "data"), path)));
    }

    [Theory]
    [InlineData("a/loop", "a")]
    [InlineData("a/b/loop", "../..")]
    [InlineData("a/b/loop", "..")]
    [InlineData("a/loop", ".")]
    public void Files_FolderThatLinksToWhatItLiesIn_Ends(string link, string target)
    {
        Create("a/1.jpg", "a/b/2.jpg");
        Directory.CreateSymbolicLink(Path.Combine(_root, link), target == "a" ? Path.Combine(_root, "a") : target);
        List<string> passedOver = [];

        Assert.Equal(2, ImageFolder.Files(_root, passedOver.Add).Count);
        Assert.Equal([ImageFolder.Loop], passedOver);
    }

    [Fact]
    public void Files_TwoFoldersThatLinkToEachOther_End()
    {
        Create("a/1.jpg", "b/2.jpg");
        Directory.CreateSymbolicLink(Path.Combine(_root, "a", "b"), Path.Combine(_root, "b"));
        Directory.CreateSymbolicLink(Path.Combine(_root, "b", "a"), Path.Combine(_root, "a"));

        Assert.Equal(["a/1.jpg", "a/b/2.jpg", "b/2.jpg", "b/a/1.jpg"], ImageFolder.Files(_root).Select(path => Path.GetRelativePath(_root, path)));
    }

    /// <summary>What is inside says what a file is, whatever it is called.</summary>
    [Fact]
    public void Files_NamesThatSayNothing_GoByContent()
    {
        byte[] jpeg = File.ReadAllBytes(Golden.Of("jpeg-420-97x61.jpg").FullPath), webp = File.ReadAllBytes(Golden.Of("webp-lossless-55x47.webp").FullPath);
        foreach (string name in new[] { "1.jfif", "2.jpe", "3.heic", "4", "5.JPG.bak" })
        {
            File.WriteAllBytes(Path.Combine(_root, name), jpeg);
        }

        File.WriteAllBytes(Path.Combine(_root, "6.txt"), webp);
        File.WriteAllBytes(Path.Combine(_root, "a.heic"), [0, 0, 0, 24, .. "ftypheic"u8, 0, 0, 0, 0, .. "mif1heic"u8]);
        File.WriteAllBytes(Path.Combine(_root, "b.tif"), [.. "II*\0"u8, 8, 0, 0, 0]);
        File.WriteAllText(Path.Combine(_root, "c.txt"), "Dear Sir or Madam");
        Create("empty");
        List<string> passedOver = [];

        Assert.Equal(["1.jfif", "2.jpe", "3.heic", "4", "5.JPG.bak", "6.txt"], ImageFolder.Files(_root, passedOver.Add).Select(path => Path.GetFileName(path)));
        Assert.Equal(["HEIC, which is not read", "TIFF, which is not read", "no image", "no image"], passedOver.Order(StringComparer.Ordinal));
    }

    /// <summary>A Mac writes names decomposed.</summary>
    [Fact]
    public void Enumerate_TwoFormsOfOneName_AreOneClass()
    {
        Create("K\u00e4fer/1.jpg", "Ka\u0308fer/2.jpg", "Ba\u0308r/3.jpg");

        Assert.Equal(["B\u00e4r", "K\u00e4fer"], ImageFolder.ClassNames(_root));
        Assert.Equal(["B\u00e4r", "K\u00e4fer", "K\u00e4fer"], ImageFolder.Enumerate(_root).Select(image => image.Label));
    }

    /// <summary>Made by a program that knows no UTF-8, as .NET always does.</summary>
    [Fact]
    public void Files_NamesThatAreNotUtf8_ArePassedOver()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Other systems have names in Unicode alone.");
        Create("d/good.jpg");
        Shell($"touch \"$(printf '{_root}/d/b\\344r.jpg')\" && mkdir \"$(printf '{_root}/d/K\\344fer')\"");
        try
        {
            var passedOver = new List<string>();

            Assert.Single(ImageFolder.Files(Path.Combine(_root, "d"), passedOver.Add));
            Assert.Equal([ImageFolder.NoUtf8, ImageFolder.NoUtf8], passedOver);
            Assert.Contains("a name that is not UTF-8", Assert.Throws<InvalidDataException>(() => ImageFolder.Enumerate(Path.Combine(_root, "d"))).Message, StringComparison.Ordinal);
        }
        finally
        {
            Shell($"rm -r {_root}/d"); // which .NET could not
        }

        static void Shell(string line)
        {
            using var shell = System.Diagnostics.Process.Start("sh", ["-c", line]);
            shell.WaitForExit();
            Assert.Equal(0, shell.ExitCode);
        }
    }

    [Fact]
    public void Enumerate_FolderOfARun_IsNoClass()
    {
        Create("a/1.jpg", "run/last.safetensors", "run/report.png", "a/run/last.safetensors", "a/run/2.jpg");
        List<string> passedOver = [];

        Assert.Equal("a", Assert.Single(ImageFolder.Enumerate(_root, passedOver.Add)).Label);
        Assert.Equal([ImageFolder.OfARun, ImageFolder.OfARun], passedOver);
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
