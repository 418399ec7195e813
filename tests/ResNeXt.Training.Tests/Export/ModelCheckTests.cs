using System.Diagnostics;
using Google.Protobuf;
using ResNeXt.MLNet;
using ResNeXt.Training.Onnx;

namespace ResNeXt.Training.Tests;

/// <summary>Models that are altered on purpose are refused before ONNX Runtime sees them.</summary>
public sealed class ModelCheckTests(TrainedModel trained)
{
    public static TheoryData<string, string> Altered => new()
    {
        { "external", "it takes weights from another file" },
        { "external in an attribute", "it takes weights from another file" },
        { "loop", "it has the operator 'Loop', which no ResNeXt has" },
        { "subgraph", "it has a graph inside an operator" },
        { "domain", "it has an operator of 'com.example?': expected those of ONNX itself" },
        { "function", "it defines functions of its own" },
        { "sparse", "it holds sparse tensors" },
        { "training", "it holds a training graph" },
        { "zero in a key", "an entry of its metadata has the key 'a?b'" },
        { "keys", "it has more than 256 entries of metadata" },
        { "nodes", "it has more than 20,000 operators" },
        { "tensors", "it has more than 50,000 tensors" },
        { "labels", "'resnext.labels' is '70000 names', expected at most 65536" },
    };

    [Fact]
    public void Load_TheModelItself_IsOpened() => ResNeXtModel.Load(trained.Result.Model).Dispose();

    [Theory]
    [MemberData(nameof(Altered))]
    public void Load_AlteredModel_IsRefusedSoon(string kind, string expected)
    {
        ModelProto model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(trained.Result.Model));
        foreach (StringStringEntryProto seal in model.MetadataProps.Where(entry => entry.Key is ContentDigest.Key or ContentDigest.Mark).ToArray())
        {
            model.MetadataProps.Remove(seal);
        }

        Alter(model, kind);
        byte[] onnx = [.. model.ToByteArray(), .. Appended(kind)];
        var clock = Stopwatch.StartNew();

        string message = Assert.Throws<InvalidDataException>(() => ResNeXtModel.Load(onnx, "altered.onnx").Dispose()).Message;

        Assert.Contains("'altered.onnx'", message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 1);
    }

    /// <summary>Whatever the bytes are, an answer comes, and soon.</summary>
    [Fact]
    public void Require_BytesCutOrAltered_AnswersSoon()
    {
        byte[] whole = File.ReadAllBytes(trained.Result.Model);
        var random = new Random(1);
        for (int i = 0; i < 300; i++)
        {
            byte[] altered = whole[..random.Next(1, whole.Length)];
            for (int flips = random.Next(4); flips > 0; flips--)
            {
                altered[random.Next(Math.Min(altered.Length, 2000))] = (byte)random.Next(256);
            }

            Assert.IsType<InvalidDataException>(Record.Exception(() => ModelCheck.Require(altered, "altered.onnx")));
        }
    }

    private static void Alter(ModelProto model, string kind)
    {
        TensorProto outside = TensorProto.Parser.ParseFrom([.. new TensorProto { Name = "x", DataType = 1 }.ToByteArray(), 14 << 3, 1]); // data_location, which our part of the format does not name
        NodeProto first = model.Graph.Node[0];
        switch (kind)
        {
            case "external":
                model.Graph.Initializer.Add(outside);
                break;
            case "external in an attribute":
                first.Attribute.Add(AttributeProto.Parser.ParseFrom([(5 << 3) | 2, (byte)outside.CalculateSize(), .. outside.ToByteArray()]));
                break;
            case "loop":
                first.OpType = "Loop";
                break;
            case "subgraph":
                first.Attribute.Add(AttributeProto.Parser.ParseFrom([(6 << 3) | 2, 0]));
                break;
            case "domain":
                byte[] name = System.Text.Encoding.ASCII.GetBytes("com.example\n");
                model.Graph.Node[0] = NodeProto.Parser.ParseFrom([.. first.ToByteArray(), (7 << 3) | 2, (byte)name.Length, .. name]);
                break;
            case "zero in a key":
                model.MetadataProps.Add(new StringStringEntryProto { Key = "a\0b", Value = "" });
                break;
            case "keys":
                model.MetadataProps.AddRange(Enumerable.Range(0, 300_000).Select(i => new StringStringEntryProto { Key = $"key {i}", Value = "v" }));
                break;
            case "nodes":
                model.Graph.Node.AddRange(Enumerable.Range(0, 30_000).Select(i => new NodeProto { OpType = "Identity", Input = { "image" }, Output = { $"o{i}" } }));
                break;
            case "tensors":
                model.Graph.Initializer.AddRange(Enumerable.Range(0, 60_000).Select(i => new TensorProto { Name = $"t{i}", DataType = 1 }));
                break;
            case "labels":
                model.MetadataProps.Single(entry => entry.Key == "resnext.labels").Value = System.Text.Json.JsonSerializer.Serialize(Enumerable.Range(0, 70_000).Select(i => $"{i}"));
                break;
            default:
                break;
        }
    }

    /// <summary>Fields that our part of the format does not name: their tag, then their length; those of a graph inside one more part of it.</summary>
    private static byte[] Appended(string kind) => kind switch
    {
        "function" => [0xCA, 1, 0], // 25
        "training" => [0xA2, 1, 0], // 20
        "sparse" => [(7 << 3) | 2, 2, (15 << 3) | 2, 0],
        _ => [],
    };
}
