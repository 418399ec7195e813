using Google.Protobuf;
using ResNeXt.MLNet;
using ResNeXt.Training;
using ResNeXt.Training.Onnx;

namespace ResNeXt.Fuzz.Targets;

/// <summary>Model files. One that carries a digest is refused or answers as it did; one that was made anew around other contents answers with numbers.</summary>
internal sealed class Models : IFuzzTarget
{
    private readonly byte[] _sealed = Written();
    private readonly TensorBatch _image;
    private readonly float[] _expected;

    public Models()
    {
        Seeds = [_sealed, File.ReadAllBytes(Path.Combine(FuzzTargets.Tests, "ResNeXt.MLNet.Tests", "Models", "tiny.onnx"))];
        _image = new TensorBatch(1, 32);
        _image.Set(0, [.. Enumerable.Range(0, 3 * 32 * 32).Select(i => (byte)(i * 7))]);
        using ResNeXtModel model = ResNeXtModel.Load(_sealed, "whole");
        _expected = Answer(model);
    }

    public IReadOnlyList<byte[]> Seeds { get; }

    /// <summary>A small network as the product writes it.</summary>
    public static byte[] Written()
    {
        string path = Path.GetTempFileName();
        try
        {
            using var module = new ResNeXtModule(ResNeXtArchitecture.Parse("resnext11_2x4d"), 3);
            OnnxExporter.Export(module, OnnxExporter.Describe(module, ["a", "b", "c"], OnnxExporter.DefaultPreprocessing(module.Architecture).Scaled(32)), path);
            return File.ReadAllBytes(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    public bool Accepts(byte[] file)
    {
        using ResNeXtModel model = ResNeXtModel.Load(file, "fuzzed");
        if (model.Metadata.Preprocessing.ImageSize != 32)
        {
            return true; // made for other images: nothing to compare with
        }

        float[] answer = Answer(model);
        bool isOriginal = file.AsSpan().IndexOf(ContentSealOf(_sealed)) >= 0;
        return !isOriginal || answer.SequenceEqual(_expected) ? true : throw new FuzzFault("A model under the digest of another content answers.");
    }

    /// <summary>Bytes, or the contents of the format: then it is sealed again, so that the digest lets it through.</summary>
    public byte[] Mutate(Random random)
    {
        if (random.Next(3) == 0)
        {
            return Mutation.Of(Seeds, random);
        }

        ModelProto model = ModelProto.Parser.ParseFrom(_sealed);
        for (int times = 1 + random.Next(3); times > 0; times--)
        {
            Alter(model, random);
        }

        foreach (StringStringEntryProto entry in model.MetadataProps.Where(entry => entry.Key == ContentDigest.Key))
        {
            entry.Value = ContentDigest.Blank;
        }

        byte[] file = model.ToByteArray();
        return model.MetadataProps.Any(entry => entry.Key == ContentDigest.Key) ? ModelSeal.Seal(file) : file;
    }

    public void Dispose()
    {
    }

    private static void Alter(ModelProto model, Random random)
    {
        GraphProto graph = model.Graph;
        NodeProto node = graph.Node[random.Next(graph.Node.Count)], other = graph.Node[random.Next(graph.Node.Count)];
        TensorProto tensor = graph.Initializer[random.Next(graph.Initializer.Count)];
        long[] odd = [-1, 0, 1, 2, 3, 7, 64, 4096, 1L << 31, long.MaxValue, long.MinValue];
        long number = odd[random.Next(odd.Length)];
        switch (random.Next(12))
        {
            case 0:
                node.OpType = other.OpType;
                break;
            case 1 when node.Attribute.Count > 0:
                AttributeProto attribute = node.Attribute[random.Next(node.Attribute.Count)];
                attribute.I = number;
                for (int i = 0; i < attribute.Ints.Count; i++)
                {
                    attribute.Ints[i] = random.Next(2) == 0 ? number : attribute.Ints[i];
                }

                break;
            case 2 when node.Input.Count > 0:
                node.Input[random.Next(node.Input.Count)] = other.Output[0];
                break;
            case 3 when tensor.Dims.Count > 0:
                tensor.Dims[random.Next(tensor.Dims.Count)] = number;
                break;
            case 4:
                byte[] raw = tensor.RawData.ToByteArray();
                tensor.RawData = ByteString.CopyFrom(random.Next(2) == 0 ? raw.AsSpan(0, random.Next(raw.Length + 1)) : Mutation.Of([raw.Length == 0 ? [0] : raw], random));
                break;
            case 5:
                tensor.DataType = random.Next(20);
                break;
            case 6:
                graph.Node.Remove(node);
                break;
            case 7:
                graph.Node.Add(node.Clone());
                break;
            case 8 when model.MetadataProps.Count > 0:
                StringStringEntryProto entry = model.MetadataProps[random.Next(model.MetadataProps.Count)];
                entry.Value = random.Next(3) switch { 0 => number.ToString(System.Globalization.CultureInfo.InvariantCulture), 1 => "", _ => new string('\u202E', 5) + entry.Value };
                break;
            case 9:
                node.Output[0] = other.Output[0];
                break;
            case 10:
                model.OpsetImport[0].Version = number;
                break;
            default:
                model.IrVersion = number;
                break;
        }
    }

    private float[] Answer(ResNeXtModel model) => [.. model.Run(_image, 1, [ResNeXtMetadata.FeaturesName, ResNeXtMetadata.ProbabilitiesName])[0].SelectMany(values => values)];

    private static ReadOnlySpan<byte> ContentSealOf(byte[] file) => file.AsSpan(file.AsSpan().LastIndexOf("resnext.sha256"u8) + 16, 64);
}
