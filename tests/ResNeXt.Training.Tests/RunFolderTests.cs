namespace ResNeXt.Training.Tests;

public sealed class RunFolderTests(Shapes shapes)
{
    [Fact]
    public void Constructor_FolderOfARunningTraining_SaysSo()
    {
        string directory = shapes.NewPath();
        using (new RunFolder(directory, resume: false))
        {
            var exception = Assert.Throws<IOException>(() => new RunFolder(directory, resume: true));
            Assert.Contains($"'{directory}' is in use by another training run", exception.Message, StringComparison.Ordinal);
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(directory));
        new RunFolder(directory, resume: false).Dispose();
    }

    [Fact]
    public void Constructor_LeftoversOfAKilledRun_AreNoHindranceAndGone()
    {
        string directory = Directory.CreateDirectory(shapes.NewPath()).FullName;
        string[] leftovers = [".train.lock", ".last.safetensors.1.tmp", ".features.1.tmp"];
        Array.ForEach(leftovers, name => File.WriteAllText(Path.Combine(directory, name), ""));

        new RunFolder(directory, resume: false).Dispose();

        Assert.Empty(Directory.EnumerateFileSystemEntries(directory));
    }

    [Theory]
    [InlineData("last.safetensors", true)]
    [InlineData("best.safetensors", false)] // killed between the two files of its first epoch: begun anew
    public void Constructor_FolderWithARun_LetsGoOfItAgain(string file, bool resumes)
    {
        string directory = Directory.CreateDirectory(shapes.NewPath()).FullName;
        File.WriteAllText(Path.Combine(directory, file), "a run");

        Assert.Contains("--resume", Assert.Throws<IOException>(() => new RunFolder(directory, resume: false)).Message, StringComparison.Ordinal);
        using var folder = new RunFolder(directory, resume: true);
        Assert.Equal(resumes, folder.Resumes);
    }
}
