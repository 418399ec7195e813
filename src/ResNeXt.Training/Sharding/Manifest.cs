using System.Globalization;
using Parquet;
using Parquet.Schema;

namespace ResNeXt.Training;

/// <summary>
/// A list of images, frozen in a Parquet file: columns <c>path</c>, <c>size</c> and <c>label</c>, a hash of each group of rows and one of all in its metadata. It is
/// written and read group by group, so its length costs no memory.
/// </summary>
internal static class Manifest
{
    private const string FormatKey = "resnext.manifest";
    private const string GroupsKey = "resnext.groups";
    private const string CountKey = "resnext.count";
    private const string Format = "1";
    private const int DigestLength = 64;
    private static readonly DataField<string> PathField = new("path", nullable: false);
    private static readonly DataField<long> SizeField = new("size");
    private static readonly DataField<string> LabelField = new("label", nullable: false);

    /// <summary>Whether the name is that of a manifest.</summary>
    public static bool IsManifest(string path) => path.EndsWith(".parquet", StringComparison.OrdinalIgnoreCase);

    /// <summary>Writes a list, atomically.</summary>
    /// <returns>The list as it was written.</returns>
    public static ImageList Write(string path, IEnumerable<ListedImage> images)
    {
        AtomicFile.Write(path, stream =>
        {
            WriteAsync(stream, images).GetAwaiter().GetResult();
            ParquetSeal.Close(stream);
        });
        return Open(path);
    }

    /// <exception cref="InvalidDataException">The file is no manifest, or its metadata is damaged.</exception>
    public static ImageList Open(string path)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"Manifest '{path}' does not exist: `resnext manifest` writes one.", path);
        }

        bool? isWhole = ParquetSeal.IsWhole(path); // null of those that an earlier version wrote
        Dictionary<string, string> metadata = isWhole is false ? [] : ParquetFile.Metadata(path);
        if (isWhole is false || (isWhole is null && metadata.ContainsKey(ParquetSeal.Key)))
        {
            throw new InvalidDataException($"'{path}' is damaged: its bytes are not those that were written. Freeze the list anew with `resnext manifest`.");
        }

        if (metadata.GetValueOrDefault(FormatKey) != Format || metadata.GetValueOrDefault(GroupsKey) is not string text || text.Length % DigestLength != 0
            || !long.TryParse(metadata.GetValueOrDefault(CountKey), NumberStyles.None, CultureInfo.InvariantCulture, out long count)
            || (count + ListDigest.Group - 1) / ListDigest.Group != text.Length / DigestLength)
        {
            throw new InvalidDataException($"'{path}' is no manifest of this version: expected a file that `resnext manifest` wrote.");
        }

        string[] groups = [.. text.Chunk(DigestLength).Select(digest => new string(digest))];
        return new ImageList(count, () => ListDigest.OfGroups(groups), (from, to) => Read(path, groups, count, from, to));
    }

    private static async Task WriteAsync(Stream stream, IEnumerable<ListedImage> images)
    {
        await using ParquetWriter writer = await ParquetWriter.CreateAsync(new ParquetSchema(PathField, SizeField, LabelField), stream).ConfigureAwait(false);
        var groups = new List<string>();
        long count = 0;
        foreach (ListedImage[] chunk in images.Chunk(ListDigest.Group))
        {
            using ParquetRowGroupWriter group = writer.CreateRowGroup();
            await group.WriteAsync(PathField, chunk.Select(image => image.Path).ToArray()).ConfigureAwait(false);
            await group.WriteAsync<long>(SizeField, chunk.Select(image => image.Size).ToArray()).ConfigureAwait(false);
            await group.WriteAsync(LabelField, chunk.Select(image => image.Label).ToArray()).ConfigureAwait(false);
            group.CompleteValidate();
            groups.Add(ListDigest.OfGroup(chunk));
            count += chunk.Length;
        }

        writer.CustomMetadata = new Dictionary<string, string>
        {
            [FormatKey] = Format,
            [CountKey] = count.ToString(CultureInfo.InvariantCulture),
            [GroupsKey] = string.Concat(groups),
            [ParquetSeal.Key] = ParquetSeal.Open,
        };
    }

    private static IEnumerable<ListedImage> Read(string path, string[] groups, long count, long from, long to)
    {
        using var file = new ParquetFile(path);
        for (long first = from / ListDigest.Group * ListDigest.Group; first < to; first += ListDigest.Group)
        {
            int group = (int)(first / ListDigest.Group);
            ListedImage[] images = ReadGroup(file, group);
            if (images.Length != Math.Min(count - first, ListDigest.Group) || ListDigest.OfGroup(images) != groups[group])
            {
                throw new InvalidDataException($"'{path}' was changed after it was frozen: its entries from {first} on are not those of its hash. Freeze the list anew with `resnext manifest`.");
            }

            foreach (ListedImage image in images.Take((int)Math.Min(to - first, ListDigest.Group)).Skip((int)Math.Max(0, from - first)))
            {
                yield return image;
            }
        }
    }

    private static ListedImage[] ReadGroup(ParquetFile file, int group)
    {
        string[] paths = file.Texts(group, PathField.Name), labels = file.Texts(group, LabelField.Name);
        long[] sizes = file.Values<long>(group, SizeField.Name);
        return [.. paths.Select((path, i) => new ListedImage(path, sizes[i], labels[i]))];
    }
}
