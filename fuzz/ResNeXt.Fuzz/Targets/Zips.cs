using System.IO.Compression;
using Microsoft.ML;
using Microsoft.ML.Data;
using ResNeXt.MLNet;

namespace ResNeXt.Fuzz.Targets;

/// <summary>ML.NET's model files with our transformer inside: refused, or the features that it gave.</summary>
internal sealed class Zips : IFuzzTarget
{
    private readonly string _folder = Directory.CreateTempSubdirectory("resnext-fuzz").FullName;
    private readonly string _photo;
    private readonly float[] _expected;

    public Zips()
    {
        _photo = Path.Combine(FuzzTargets.Tests, "ResNeXt.MLNet.Tests", "Imaging", "Goldens", "images", "jpeg-420-97x61.jpg");
        string model = Path.Combine(_folder, "model.onnx");
        File.WriteAllBytes(model, Models.Written());
        var ml = new MLContext(seed: 1);
        IDataView photos = ml.Data.LoadFromEnumerable([new Photo { ImagePath = _photo }]);
        using ResNeXtTransformer transformer = ml.Transforms.FeaturizeImages("Features", "ImagePath", model).Fit(photos);
        _expected = Features(ml, transformer);
        using var zip = new MemoryStream();
        ml.Model.Save(transformer, photos.Schema, zip);
        Seeds = [zip.ToArray()];
    }

    public IReadOnlyList<byte[]> Seeds { get; }

    public bool Accepts(byte[] file)
    {
        float[] features;
        try
        {
            var ml = new MLContext(seed: 1);
            ITransformer loaded = ml.Model.Load(new MemoryStream(file), out _);
            features = Features(ml, loaded);
            (loaded as IDisposable)?.Dispose();
        }
#pragma warning disable CA1031 // what ML.NET throws at a damaged file of its own is anything
        catch (Exception)
#pragma warning restore CA1031
        {
            return false;
        }

        return features.SequenceEqual(_expected) ? true : throw new FuzzFault("Another model was accepted.");
    }

    /// <summary>Bytes of the whole file, or of one entry of it.</summary>
    public byte[] Mutate(Random random)
    {
        if (random.Next(2) == 0)
        {
            return Mutation.Of(Seeds, random);
        }

        using var file = new MemoryStream();
        file.Write(Seeds[0]);
        using (var zip = new ZipArchive(file, ZipArchiveMode.Update, leaveOpen: true))
        {
            ZipArchiveEntry[] own = [.. zip.Entries.Where(entry => entry.FullName.Contains("Transform", StringComparison.Ordinal))];
            using Stream entry = own[random.Next(own.Length)].Open();
            byte[] content = new byte[entry.Length];
            entry.ReadExactly(content);
            entry.SetLength(0);
            entry.Write(content.Length == 0 ? content : Mutation.Of([content], random));
        }

        return file.ToArray();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private float[] Features(MLContext ml, ITransformer transformer) =>
        transformer.Transform(ml.Data.LoadFromEnumerable([new Photo { ImagePath = _photo }])).GetColumn<float[]>("Features").Single();

    private sealed class Photo
    {
        public string ImagePath { get; init; } = "";
    }
}
