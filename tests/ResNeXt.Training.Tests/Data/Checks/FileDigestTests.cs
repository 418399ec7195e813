using ResNeXt.MLNet;

namespace ResNeXt.Training.Tests;

public sealed class FileDigestTests(Shapes shapes)
{
    [Fact]
    public void Of_Abc_IsTheStandardsValue()
    {
        string path = shapes.NewPath();
        File.WriteAllText(path, "xabc");

        Assert.Equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", FileDigest.Of(path, tail: 3)); // FIPS 180-2, B.1
        Assert.NotEqual(FileDigest.Of(path, tail: 3), FileDigest.Of(path));
    }

    [Fact]
    public void OfImages_CopyInAnotherFolderAndOrder_IsTheSame() => Assert.Equal(Digest(shapes.Folder), Digest(shapes.Copy(), reverse: true));

    [Fact]
    public void OfImages_OneByteOrName_MakesAnother()
    {
        string changed = shapes.Copy(), renamed = shapes.Copy(), file = Path.Combine(changed, "disc", "00.jpg");
        byte[] content = File.ReadAllBytes(file);
        content[^1] ^= 1;
        File.WriteAllBytes(file, content);
        File.Move(Path.Combine(renamed, "disc", "00.jpg"), Path.Combine(renamed, "disc", "other.jpg"));

        Assert.Distinct([Digest(shapes.Folder), Digest(changed), Digest(renamed)]);
    }

    private static string Digest(string folder, bool reverse = false)
    {
        IReadOnlyList<Sample> samples = DataSplit.Number(ImageFolder.Enumerate(folder), Shapes.Labels);
        return FileDigest.OfImages(Shapes.Labels, reverse ? [.. samples.Reverse()] : samples, CancellationToken.None);
    }
}
