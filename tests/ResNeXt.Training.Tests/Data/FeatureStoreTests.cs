namespace ResNeXt.Training.Tests;

public sealed class FeatureStoreTests(Shapes shapes)
{
    [Theory]
    [InlineData(48, 0)]
    [InlineData(47, 1)]
    public void Read_AnyRow_IsWhatWasWritten(long largestInMemory, int files)
    {
        string folder = Directory.CreateDirectory(shapes.NewPath()).FullName;
        float[] row = new float[3];
        using (var store = new FeatureStore(4, 3, Path.Combine(folder, "features"), largestInMemory))
        {
            store.Write(0, [1, 2, 3, 4, 5, 6]);
            store.Write(2, [7, 8, 9]);

            Assert.Equal(files, Directory.EnumerateFiles(folder, ".features.*.tmp").Count());
            store.Read(1, row);
            Assert.Equal([4, 5, 6], row);
            store.Read(2, row);
            Assert.Equal([7, 8, 9], row);
        }

        Assert.Empty(Directory.EnumerateFiles(folder));
    }
}
