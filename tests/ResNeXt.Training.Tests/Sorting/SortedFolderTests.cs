using ResNeXt.MLNet;

namespace ResNeXt.Training.Tests;

public sealed class SortedFolderTests(Shapes shapes) : IDisposable
{
    private static readonly LabelProbability Disc = new("disc", 0.9f), Stripes = new("stripes", 0.4f);

    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _log = [];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Add_PhotosOfOneName_AreAllThereAndComeBack(bool moves)
    {
        string[] photos = [Photo("a/1.jpg", 0), Photo("b/1.jpg", 1), Photo("c/1.jpg", 30)];
        byte[][] bytes = [.. photos.Select(File.ReadAllBytes)];

        using (SortedFolder sorted = Open(moves))
        {
            sorted.Add(photos[0], Disc, 0.5);
            sorted.Add(photos[1], Disc, 0.5);
            sorted.Add(photos[2], Stripes, 0.5);
            sorted.Add(photos[0], Disc, 0.5); // named twice
            Assert.Equal([("disc", 2), ("unsure", 1)], sorted.Counts.Select(pair => (pair.Key, pair.Value)));
        }

        Assert.Equal(["disc/1 (2).jpg", "disc/1.jpg", "unsure/1.jpg"], Sorted());
        Assert.Equal(bytes[1], File.ReadAllBytes(_folder["sorted/disc/1 (2).jpg"]));
        Assert.All(photos, photo => Assert.Equal(!moves, File.Exists(photo)));
        Assert.Equal($"{photos[2]},unsure/1.jpg,stripes,0.4", File.ReadAllLines(_folder["sorted/sorted.csv"])[^1]);

        Assert.Equal(moves ? (3, 0, 0) : (0, 3, 0), SortedFolder.Undo(_folder["sorted"], _log.Add, default));
        Assert.Equal(bytes, photos.Select(File.ReadAllBytes));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder["sorted"]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Open_StoppedBeforeAnyStep_GoesOn(bool moves)
    {
        string photo = Photo("a, b/1.jpg", 0), partial = _folder["sorted/disc/.1.jpg.part"];
        byte[] bytes = File.ReadAllBytes(photo);
        Directory.CreateDirectory(_folder["sorted/disc"]);
        File.WriteAllText(_folder["sorted/sorted.csv"], $"from,to,label,probability\n\"{photo}\",disc/1.jpg,disc,0.9\n");

        void Whole()
        {
            using SortedFolder sorted = Open(moves);
            Assert.True(sorted.Has(photo));
            Assert.Equal(1, sorted.Before);
            Assert.Equal(bytes, File.ReadAllBytes(_folder["sorted/disc/1.jpg"]));
            Assert.Equal(!moves, File.Exists(photo));
            Assert.False(File.Exists(partial));
        }

        Whole(); // only the line was written
        Whole(); // all was done
        File.Move(_folder["sorted/disc/1.jpg"], moves ? partial : photo, overwrite: true);
        Whole(); // moved half of the way, or the copy not begun
        if (!moves)
        {
            File.Delete(_folder["sorted/disc/1.jpg"]);
            File.WriteAllBytes(partial, bytes[..10]);
            Whole(); // half of the copy was written
        }
    }

    [Fact]
    public void Undo_StoppedAnywhere_GoesOn()
    {
        string photo = Photo("a/1.jpg", 0);
        byte[] bytes = File.ReadAllBytes(photo);
        using (SortedFolder sorted = Open(moves: true))
        {
            sorted.Add(photo, Disc, 0);
        }

        File.Move(_folder["sorted/disc/1.jpg"], _folder["a/.1.jpg.part"]);

        Assert.Equal((1, 0, 0), SortedFolder.Undo(_folder["sorted"], _log.Add, default));
        Assert.Equal(bytes, File.ReadAllBytes(photo));
    }

    [Fact]
    public void Undo_PhotosThatHaveChanged_StayAndAreNamed()
    {
        string[] photos = [Photo("a/1.jpg", 0), Photo("a/2.jpg", 1), Photo("a/3.jpg", 2)];
        using (SortedFolder sorted = Open(moves: false))
        {
            Array.ForEach(photos, photo => sorted.Add(photo, Disc, 0));
        }

        File.AppendAllText(_folder["sorted/disc/1.jpg"], "changed");
        File.Delete(photos[1]); // then the copy is the photo
        File.Delete(photos[2]);
        File.WriteAllText(_folder["sorted/disc/3.jpg"], "#!/bin/sh"); // no photo: nothing that a file says puts it anywhere

        Assert.Equal((1, 0, 2), SortedFolder.Undo(_folder["sorted"], _log.Add, default));
        Assert.Contains("'disc/1.jpg'", _log[0], StringComparison.Ordinal);
        Assert.Contains("'disc/3.jpg'", _log[1], StringComparison.Ordinal);
        Assert.True(File.Exists(photos[0]) && File.Exists(photos[1]) && !File.Exists(photos[2]) && File.Exists(_folder["sorted/sorted.csv"]));
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("..")]
    [InlineData("")]
    [InlineData("unsure")]
    [InlineData("Unsure")]
    [InlineData(".hidden")]
    [InlineData("CON")]
    [InlineData("nul.txt")]
    [InlineData("what?")]
    [InlineData("line\nbreak")]
    [InlineData("dot.")]
    public void Open_ClassThatIsNoFolder_IsAnErrorBeforeTheFirstFile(string label)
    {
        Assert.Contains("cannot be the name of a folder", Assert.Throws<InvalidDataException>(() => SortedFolder.Open(_folder["sorted"], moves: true, ["disc", label], _log.Add)).Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["sorted"]));
    }

    [Theory]
    [InlineData("from,to\n", "expected 'from,to,label,probability'")]
    [InlineData("from,to,label,probability\n/a.jpg,../1.jpg,disc,0.9\n", "no line of it")]
    [InlineData("from,to,label,probability\n/a.jpg,/etc/1.jpg,disc,0.9\n", "no line of it")]
    [InlineData("from,to,label,probability\n/a.jpg,disc/..,disc,0.9\n", "no line of it")]
    [InlineData("from,to,label,probability\na.jpg,disc/1.jpg,disc,0.9\n", "no line of it")]
    [InlineData("from,to,label,probability\n/a.jpg,disc/1.jpg,disc\n", "no line of it")]
    [InlineData("from,to,label,probability\n/a.jpg,disc/1.jpg,disc,much\n", "no line of it")]
    public void Open_LogOfAnotherHand_IsRefused(string log, string mention)
    {
        Directory.CreateDirectory(_folder["sorted"]);
        File.WriteAllText(_folder["sorted/sorted.csv"], log);

        Assert.Contains(mention, Assert.Throws<InvalidDataException>(() => Open(moves: true)).Message, StringComparison.Ordinal);
        Assert.Contains(mention, Assert.Throws<InvalidDataException>(() => SortedFolder.Undo(_folder["sorted"], _log.Add, default)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_TwiceAtOnce_IsRefused()
    {
        using SortedFolder sorted = Open(moves: true);

        Assert.Contains("Another process", Assert.Throws<IOException>(() => Open(moves: true)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Undo_FolderThatNothingWasSortedInto_SaysSo() =>
        Assert.Contains("has no sorted.csv", Assert.Throws<FileNotFoundException>(() => SortedFolder.Undo(_folder.Path, _log.Add, default)).Message, StringComparison.Ordinal);

    private SortedFolder Open(bool moves) => SortedFolder.Open(_folder["sorted"], moves, ["disc", "stripes"], _log.Add);

    private string[] Sorted() =>
        [.. Directory.EnumerateFiles(_folder["sorted"], "*.jpg", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(_folder["sorted"], path)).Order(StringComparer.Ordinal)];

    private string Photo(string name, int index)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[name])!);
        File.Copy(shapes.Images[index].ImagePath, _folder[name]);
        return _folder[name];
    }
}
