using ResNeXt.Training;

namespace ResNeXt.Fuzz.Targets;

/// <summary>Frozen lists: refused, or what was frozen.</summary>
internal sealed class Manifests : IFuzzTarget
{
    private readonly ListedImage[] _images = [.. Enumerable.Range(0, 200).Select(i => new ListedImage($"/images/{i}.jpg", 10_000 + i, $"class{i % 7}"))];
    private readonly string _path = Path.ChangeExtension(Path.GetTempFileName(), ".parquet");

    public Manifests()
    {
        Manifest.Write(_path, _images);
        Seeds = [File.ReadAllBytes(_path)];
    }

    public IReadOnlyList<byte[]> Seeds { get; }

    public bool Accepts(byte[] file)
    {
        File.Delete(_path);
        File.WriteAllBytes(_path, file);
        ImageList list = Manifest.Open(_path);
        return list.Read(0, list.Count).SequenceEqual(_images) ? true : throw new FuzzFault("Another list was accepted.");
    }

    public void Dispose() => File.Delete(_path);
}
