using ResNeXt.Training;

namespace ResNeXt.Fuzz.Targets;

/// <summary>Results of shards: refused, or what was written.</summary>
internal sealed class Parts : IFuzzTarget
{
    private readonly PartRow[] _rows = [.. Enumerable.Range(0, 50).Select(i => new PartRow($"/images/{i}.jpg", i % 9 == 0 ? "damaged" : "", [i, i / 3f]))];
    private readonly string _path = Path.ChangeExtension(Path.GetTempFileName(), ".parquet");

    public Parts()
    {
        var info = new PartInfo
        {
            Kind = PartKind.Features,
            List = new string('0', 64),
            Model = new string('1', 64),
            Settings = "",
            Shard = 0,
            Shards = 1,
            Rows = _rows.Length,
            Columns = ["f0", "f1"],
        };
        PartFile.Write(_path, info, _rows);
        Seeds = [File.ReadAllBytes(_path)];
    }

    public IReadOnlyList<byte[]> Seeds { get; }

    public bool Accepts(byte[] file)
    {
        File.Delete(_path);
        File.WriteAllBytes(_path, file);
        PartRow[] rows = [.. PartFile.Read(_path, PartFile.ReadInfo(_path))];
        return rows.Zip(_rows).All(pair => pair.First.Path == pair.Second.Path && pair.First.Error == pair.Second.Error && pair.First.Values.SequenceEqual(pair.Second.Values)) && rows.Length == _rows.Length
            ? true
            : throw new FuzzFault("Another part was accepted.");
    }

    public void Dispose() => File.Delete(_path);
}
