using System.Globalization;
using System.Text.RegularExpressions;

namespace ResNeXt.Training;

/// <summary>A folder of parts: those of one job, all of them, each once.</summary>
internal sealed partial class PartFolder
{
    private const int MostNamed = 10;

    private readonly IReadOnlyList<(string Path, PartInfo Info)> _parts;

    private PartFolder(IReadOnlyList<(string Path, PartInfo Info)> parts) => _parts = parts;

    /// <summary>What all parts have in common.</summary>
    public PartInfo Job => _parts[0].Info;

    public int Parts => _parts.Count;

    /// <summary>Entries of the whole list.</summary>
    public long Rows => _parts.Sum(part => part.Info.Rows);

    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">Parts are missing, damaged, or of different jobs; the message names them.</exception>
    public static PartFolder Open(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"Folder '{folder}' does not exist: expected the parts that shards wrote.");
        }

        (string Path, PartInfo Info)[] parts = [.. Directory.GetFiles(folder).Where(path => PartName().IsMatch(Path.GetFileName(path))).Order(StringComparer.Ordinal).Select(path => (path, PartFile.ReadInfo(path)))];
        if (parts.Length == 0)
        {
            throw new InvalidDataException($"Folder '{folder}' holds no part: expected files such as part-00000-of-00016.parquet.");
        }

        Require(parts.Select(part => (part.Path, Difference: part.Info.DifferenceTo(parts[0].Info))).Where(part => part.Difference is not null).Select(part => $"'{part.Path}': {part.Difference}"), "Parts of different jobs lie in one folder");
        Require(parts.Where(part => Path.GetFileName(part.Path) != Named(part.Info)).Select(part => $"'{part.Path}' is {Named(part.Info)}"), "Parts do not have their own names");
        Require(Enumerable.Range(0, parts[0].Info.Shards).Except(parts.Select(part => part.Info.Shard)).Select(shard => Named(parts[0].Info with { Shard = shard })), "Parts are missing");
        return new PartFolder(parts);
    }

    /// <summary>The rows of all parts, in the order of the list.</summary>
    public IEnumerable<PartRow> ReadAll() => _parts.SelectMany(part => PartFile.Read(part.Path, part.Info));

    private static string Named(PartInfo info) => new Shard(info.Shard, info.Shards, "").FileName;

    private static void Require(IEnumerable<string> wrong, string what)
    {
        string[] all = [.. wrong];
        if (all.Length > 0)
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{what}, {all.Length}: {string.Join("; ", all.Take(MostNamed))}{(all.Length > MostNamed ? "; ..." : "")}."));
        }
    }

    [GeneratedRegex(@"^part-\d{5}-of-\d{5}\.parquet\z")]
    private static partial Regex PartName();
}
