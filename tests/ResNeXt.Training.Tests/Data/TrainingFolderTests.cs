namespace ResNeXt.Training.Tests;

public sealed class TrainingFolderTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("resnext-tests-").FullName;
    private readonly FileTally _files = new();

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Read_FoldersOfImages_CountsWhatItPassesOver()
    {
        Create("a/1.jpg", "a/deep/2.png", "a/notes.txt", "a/.3.jpg", "a/.hidden/4.jpg", "b/5.jpg", "readme.md", ".DS_Store");

        Assert.Equal(["a", "a", "b"], TrainingFolder.Read(_root, "--data", _files).Select(image => image.Label));
        Assert.Equal((7, 3), (_files.Found, _files.Taken));
        Assert.Equal([("hidden", 2), ("no image", 1), ("outside the class folders", 1)], _files.PassedOver.Select(pair => (pair.Key, pair.Value)));
        Assert.Equal("4 of 7 files are passed over: 2 hidden, 1 no image, 1 outside the class folders.", _files.Note());
    }

    [Fact]
    public void Report_Strict_RefusesWhatIsPassedOverButForHiddenFiles()
    {
        Create("a/1.jpg", "a/.DS_Store", "b/2.jpg");
        List<string> log = [];
        TrainingFolder.Read(_root, "--data", _files);
        _files.Report(log.Add, strict: true);
        Assert.Equal(["1 of 3 files are passed over: 1 hidden."], log);

        Create("b/notes.txt");
        TrainingFolder.Read(_root, "--data", _files);
        Assert.Contains("1 no image", Assert.Throws<InvalidDataException>(() => _files.Report(log.Add, strict: true)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NothingToPassOver_HasNoNote()
    {
        Create("train/1.jpg", "car/2.jpg", "test/3.jpg"); // vehicles, and a test of something

        Assert.Equal(3, TrainingFolder.Read(_root, "--data", _files).Count);
        Assert.Null(_files.Note());
    }

    [Theory]
    [InlineData("--data", "--data {0}/train --val {0}/val", "train/a/1.jpg", "train/b/2.jpg", "val/a/3.jpg", "test/a/4.jpg")]
    [InlineData("--data", "--data {0}/Train --val {0}/valid", "Train/a/1.jpg", "valid/a/3.jpg")]
    [InlineData("--data", "--data {0}/train", "train/a/1.jpg", "test/a/3.jpg")]
    [InlineData("--val", "--val {0}/val", "train/a/1.jpg", "val/a/3.jpg")]
    public void Read_PartsOfADataSet_SaysWhatToType(string option, string typed, params string[] files)
    {
        Create(files);

        Refused(option, "holds the parts of a data set", string.Format(null, typed, _root));
    }

    [Theory]
    [InlineData("--data {0}/flowers", "flowers/rose/1.jpg", "flowers/tulip/2.jpg", "cars/3.jpg")]
    [InlineData("--data {0}/bees/train --val {0}/bees/val", "bees/train/a/1.jpg", "bees/train/b/2.jpg", "bees/val/a/3.jpg", "bees/val/b/3.jpg")]
    [InlineData("--data '{0}/my flowers'", "my flowers/rose/1.jpg", "my flowers/tulip/2.jpg")]
    [InlineData("--data {0}/train --val {0}/val", "train/a/1.jpg", "train/b/1.jpg", "val/a/3.jpg", "pictures/3.jpg")]
    public void Read_FolderAboveTheRightOne_SaysWhatToType(string typed, params string[] files)
    {
        Create(files);

        Refused("--data", "holds no image itself", string.Format(null, typed, _root));
    }

    /// <summary>A class that keeps its images in one folder further down, as Tiny ImageNet does, cannot be several classes.</summary>
    [Fact]
    public void Read_OneFolderInEachClass_IsTaken()
    {
        Create("n01/images/1.jpg", "n01/n01_boxes.txt", "n02/images/2.jpg", "n02/n02_boxes.txt");

        Assert.Equal(["n01", "n02"], TrainingFolder.Read(_root, "--data", _files).Select(image => image.Label));
    }

    private void Refused(string option, params string[] mentions)
    {
        string message = Assert.Throws<InvalidDataException>(() => TrainingFolder.Read(_root, option, _files)).Message;
        Assert.All(mentions, mention => Assert.Contains(mention, message, StringComparison.Ordinal));
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
