using System.Runtime.InteropServices;
using Google.Protobuf;
using ResNeXt.Training.Onnx;

namespace ResNeXt.Training;

/// <summary>Builds an ONNX graph node by node; every call returns the name of the value it adds.</summary>
internal sealed class OnnxGraph
{
    private const int IrVersion = 8; // the IR of ONNX 1.12, which opset 17 came with
    private const int Opset = 17;
    private readonly GraphProto _graph = new() { Name = "resnext" };

    /// <summary>A float input; the first dimension, null, is the batch.</summary>
    public string Input(string name, params ReadOnlySpan<long?> shape)
    {
        _graph.Input.Add(Value(name, shape));
        return name;
    }

    /// <summary>Declares a value an output of the graph; null dimensions are free.</summary>
    public void Output(string name, params ReadOnlySpan<long?> shape) => _graph.Output.Add(Value(name, shape));

    /// <summary>A constant tensor of floats.</summary>
    public string Constant(string name, ReadOnlySpan<float> values, params ReadOnlySpan<long> shape)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)TensorProto.Types.DataType.Float, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values)) };
        foreach (long size in shape)
        {
            tensor.Dims.Add(size);
        }

        _graph.Initializer.Add(tensor);
        return name;
    }

    /// <summary>Adds a node with one output.</summary>
    /// <param name="operation">The operator.</param>
    /// <param name="output">Name of the result, and of the node.</param>
    /// <param name="inputs">Names of its inputs.</param>
    /// <param name="attributes">Its attributes.</param>
    public string Node(string operation, string output, IEnumerable<string> inputs, params IEnumerable<AttributeProto> attributes)
    {
        var node = new NodeProto { OpType = operation, Name = output };
        node.Input.AddRange(inputs);
        node.Output.Add(output);
        node.Attribute.AddRange(attributes);
        _graph.Node.Add(node);
        return output;
    }

    public static AttributeProto Attribute(string name, long value) => new() { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value };

    public static AttributeProto Attribute(string name, long[] values) => new() { Name = name, Type = AttributeProto.Types.AttributeType.Ints, Ints = { values } };

    /// <summary>The whole model, with its description.</summary>
    public ModelProto ToModel(string producer, string version, string description, IReadOnlyDictionary<string, string> metadata)
    {
        var model = new ModelProto { IrVersion = IrVersion, ProducerName = producer, ProducerVersion = version, DocString = description, Graph = _graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = Opset });
        model.MetadataProps.AddRange(Entries(metadata));
        return model;
    }

    /// <summary>Writes a model with the digest of its content.</summary>
    public static void Save(ModelProto model, string path)
    {
        ModelProto written = model.Clone();
        foreach (StringStringEntryProto before in written.MetadataProps.Where(entry => entry.Key is ContentDigest.Key or ContentDigest.Mark).ToArray())
        {
            written.MetadataProps.Remove(before);
        }

        written.MetadataProps.AddRange(Entries(new Dictionary<string, string> { [ContentDigest.Mark] = ContentDigest.Kind, [ContentDigest.Key] = ContentDigest.Blank }));
        byte[] content = ModelSeal.Seal(written.ToByteArray());
        AtomicFile.Write(path, stream => stream.Write(content));
    }

    public static IEnumerable<StringStringEntryProto> Entries(IReadOnlyDictionary<string, string> metadata) =>
        metadata.Select(pair => new StringStringEntryProto { Key = pair.Key, Value = pair.Value });

    private static ValueInfoProto Value(string name, ReadOnlySpan<long?> shape)
    {
        var dimensions = new TensorShapeProto();
        for (int i = 0; i < shape.Length; i++)
        {
            dimensions.Dim.Add(shape[i] is long known
                ? new TensorShapeProto.Types.Dimension { DimValue = known }
                : new TensorShapeProto.Types.Dimension { DimParam = i == 0 ? "N" : $"{name}_{i}" });
        }

        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float, Shape = dimensions } },
        };
    }
}
