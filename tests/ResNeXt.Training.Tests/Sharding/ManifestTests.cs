using Parquet;
using Parquet.Schema;

namespace ResNeXt.Training.Tests;

public sealed class ManifestTests(Shapes shapes)
{
    private const int MegaByte = 1_000_000;

    [Fact]
    public void Write_ThenRead_AnyRange_IsTheList()
    {
        string path = shapes.NewPath(".parquet");
        ListedImage[] images = [.. Synthetic(ListDigest.Group + 1000)];
        ImageList list = Manifest.Write(path, images);

        Assert.Equal(images.Length, list.Count);
        Assert.Equal(images, list.Read(0, list.Count));
        Assert.Equal(images[10..20], list.Read(10, 20));
        Assert.Equal(images[(ListDigest.Group - 2)..(ListDigest.Group + 3)], list.Read(ListDigest.Group - 2, ListDigest.Group + 3));
        Assert.Empty(list.Read(5, 5));
        Assert.Equal(list.Hash, Manifest.Write(shapes.NewPath(".parquet"), images).Hash);
        Assert.NotEqual(list.Hash, Manifest.Write(shapes.NewPath(".parquet"), images.Skip(1)).Hash);
    }

    /// <summary>Another list under the hashes of the first one: a path that was edited in place.</summary>
    [Fact]
    public async Task Read_ListThatChanged_IsRefused()
    {
        string path = shapes.NewPath(".parquet");
        Manifest.Write(path, Synthetic(100));

        ImageList list = await RewrittenAsync(ParquetFile.Metadata(path), Synthetic(100).Select((image, i) => i == 50 ? image with { Path = "/elsewhere.jpg" } : image));

        Assert.Contains("was changed after it was frozen", Assert.Throws<InvalidDataException>(() => list.Read(60, 70).Count()).Message, StringComparison.Ordinal);
    }

    /// <summary>Shards of such a list would leave its last entry out.</summary>
    [Fact]
    public async Task Read_CountThatIsNotTheLists_IsRefused()
    {
        string path = shapes.NewPath(".parquet");
        Manifest.Write(path, Synthetic(100));

        ImageList list = await RewrittenAsync(new(ParquetFile.Metadata(path)) { ["resnext.count"] = "99" }, Synthetic(100));

        Assert.Equal(99, list.Count);
        Assert.Contains("was changed after it was frozen", Assert.Throws<InvalidDataException>(() => list.Read(60, 70).Count()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_NoManifest_SaysSo()
    {
        string text = shapes.NewPath(".parquet"), cut = shapes.NewPath(".parquet");
        File.WriteAllText(text, "a.jpg\nb.jpg\n");
        Manifest.Write(cut, Synthetic(10));
        File.WriteAllBytes(cut, File.ReadAllBytes(cut)[..^20]);

        Assert.Contains($"'{text}' is damaged, or no Parquet file", Assert.Throws<InvalidDataException>(() => Manifest.Open(text)).Message, StringComparison.Ordinal);
        Assert.Contains($"'{cut}' is damaged", Assert.Throws<InvalidDataException>(() => Manifest.Open(cut)).Message, StringComparison.Ordinal);
        Assert.Contains("resnext manifest", Assert.Throws<FileNotFoundException>(() => Manifest.Open(shapes.NewPath(".parquet"))).Message, StringComparison.Ordinal);
    }

    /// <summary>A long list costs time, not memory. RESNEXT_ENTRIES=100000000 is the length that docs/scale-out.md speaks of.</summary>
    [Fact]
    public void Shards_OfALongList_NeedLittleMemory()
    {
        long entries = long.Parse(Environment.GetEnvironmentVariable("RESNEXT_ENTRIES") ?? "1000000", System.Globalization.CultureInfo.InvariantCulture);
        string path = shapes.NewPath(".parquet");
        long before = Environment.WorkingSet, most = before;
        var time = System.Diagnostics.Stopwatch.StartNew();
        ImageList list = Manifest.Write(path, Watched(Synthetic(entries)));
        TimeSpan written = time.Elapsed;
        long read = 0;
        for (int shard = 0; shard < 16; shard++)
        {
            (long from, long to) = new Shard(shard, 16, "").Of(list.Count);
            read += Watched(list.Read(from, to)).LongCount();
        }

        TestContext.Current.SendDiagnosticMessage($"{entries} entries: {new FileInfo(path).Length / MegaByte} MB, written in {written.TotalSeconds:F1} s, read in 16 shards in {(time.Elapsed - written).TotalSeconds:F1} s, {(most - before) / MegaByte} MB more than before");
        File.Delete(path);
        Assert.Equal(entries, read);
        Assert.InRange(most - before, 0, 500L * MegaByte);

        IEnumerable<ListedImage> Watched(IEnumerable<ListedImage> images)
        {
            int count = 0;
            foreach (ListedImage image in images)
            {
                if (++count % 100_000 == 0)
                {
                    most = Math.Max(most, Environment.WorkingSet);
                }

                yield return image;
            }
        }
    }

    /// <summary>What is let through differs in the name of the hash alone: then it looks as an earlier version's, and the entries are compared with theirs.</summary>
    [Fact]
    public void Open_AnyByteFlipped_IsRefusedOrTheSameList()
    {
        string path = shapes.NewPath(".parquet"), altered = shapes.NewPath(".parquet");
        ListedImage[] images = [.. Synthetic(20)];
        Manifest.Write(path, images);
        byte[] whole = File.ReadAllBytes(path);
        int refused = 0;
        for (int at = 0; at < whole.Length; at++)
        {
            byte[] flipped = [.. whole];
            flipped[at] ^= (byte)(1 << (at % 8));
            File.WriteAllBytes(altered, flipped);
            try
            {
                Assert.Equal(images, Manifest.Open(altered).Read(0, images.Length));
            }
            catch (InvalidDataException exception)
            {
                Assert.Contains($"'{altered}'", exception.Message, StringComparison.Ordinal);
                refused++;
            }
        }

        Assert.InRange(refused, whole.Length - ParquetSeal.Key.Length, whole.Length);
    }

    private async Task<ImageList> RewrittenAsync(Dictionary<string, string> metadata, IEnumerable<ListedImage> images)
    {
        string path = shapes.NewPath(".parquet");
        await using (FileStream stream = File.Create(path))
        {
            DataField<string> paths = new("path", nullable: false), labels = new("label", nullable: false);
            var sizes = new DataField<long>("size");
            await using ParquetWriter writer = await ParquetWriter.CreateAsync(new ParquetSchema(paths, sizes, labels), stream, cancellationToken: TestContext.Current.CancellationToken);
            writer.CustomMetadata = metadata.Where(entry => entry.Key != ParquetSeal.Key).ToDictionary();
            using ParquetRowGroupWriter group = writer.CreateRowGroup();
            ListedImage[] list = [.. images];
            await group.WriteAsync(paths, list.Select(image => image.Path).ToArray());
            await group.WriteAsync<long>(sizes, list.Select(image => image.Size).ToArray(), cancellationToken: TestContext.Current.CancellationToken);
            await group.WriteAsync(labels, list.Select(image => image.Label).ToArray());
        }

        return Manifest.Open(path);
    }

    private static IEnumerable<ListedImage> Synthetic(long count)
    {
        for (long i = 0; i < count; i++)
        {
            yield return new ListedImage($"/images/{i / 1000:D8}/{i % 1000:D3}.jpg", 10_000 + (i % 977), $"class{i % 7}");
        }
    }
}
