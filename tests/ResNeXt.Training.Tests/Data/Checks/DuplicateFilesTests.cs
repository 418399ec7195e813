namespace ResNeXt.Training.Tests;

public sealed class DuplicateFilesTests(Shapes shapes)
{
    /// <summary>Equal length, equal end, equal all through: each is needed, and the long ones differ before the end that is read first.</summary>
    [Fact]
    public void Find_AlikeToDifferentDegrees_TakesEqualOnesAlone()
    {
        byte[] shorter = [1, 2, 3], longer = new byte[10_000], other = [.. longer];
        other[0] = 1;
        (string, long)[] files =
        [
            File(longer), File(shorter), File([1, 2, 4]), File(other), File(longer), File([1, 2, 3, 4]), File(shorter), File(longer),
        ];

        IReadOnlyList<int[]> groups = DuplicateFiles.Find(files, CancellationToken.None);

        Assert.Equal([[0, 4, 7], [1, 6]], groups);
    }

    [Fact]
    public void Find_FileThatIsGone_NamesIt()
    {
        (string, long)[] files = [("/no/such/a", 5), ("/no/such/b", 5)];

        Assert.Contains("/no/such", Assert.ThrowsAny<IOException>(() => DuplicateFiles.Find(files, CancellationToken.None)).Message, StringComparison.Ordinal);
    }

    private (string Path, long Length) File(byte[] content)
    {
        string path = shapes.NewPath();
        System.IO.File.WriteAllBytes(path, content);
        return (path, content.Length);
    }
}
