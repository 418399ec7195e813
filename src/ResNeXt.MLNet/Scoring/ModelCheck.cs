using System.Text;

namespace ResNeXt.MLNet;

/// <summary>
/// Looks through a model file before ONNX Runtime sees it: that it is one file, of a size that a network has, and made of what networks are made of. Reads
/// protobuf as it lies, in one pass over the fields, and skips the weights.
/// </summary>
internal static class ModelCheck
{
    private const int MostNodes = 20_000;
    private const int MostInitializers = 50_000;
    private const int MostMetadata = 256;
    private const int LongestKey = 200;

    /// <summary>What our graphs and ML.NET's are made of. Nothing that loops, branches or calls.</summary>
    private static readonly HashSet<string> Operators =
    [
        "Add", "AveragePool", "BatchNormalization", "Cast", "Clip", "Concat", "Constant", "Conv", "DequantizeLinear", "Div", "Flatten", "Gather", "Gemm", "GlobalAveragePool",
        "Identity", "MatMul", "MaxPool", "Mul", "Pad", "QuantizeLinear", "ReduceMean", "Relu", "Reshape", "Resize", "Shape", "Sigmoid", "Slice", "Softmax", "Squeeze", "Sub", "Transpose", "Unsqueeze",
    ];

    /// <param name="onnx">The whole file.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="InvalidDataException">It is no model, or one that is not opened; the message says why.</exception>
    public static void Require(ReadOnlySpan<byte> onnx, string name)
    {
        var counts = default(Counts);
        bool isOurs = onnx.LastIndexOf(ResNeXtMetadata.VersionKey) >= 0;
        try
        {
            var model = new Fields(onnx);
            while (model.Next())
            {
                switch (model.Number)
                {
                    case 7: // graph
                        counts.Graphs++;
                        Graph(model.Bytes, ref counts);
                        break;
                    case 14: // metadata_props
                        Metadata(model.Bytes, ref counts);
                        break;
                    case 20:
                        throw new RefusedException("it holds a training graph");
                    case 25:
                        throw new RefusedException("it defines functions of its own");
                    default:
                        break;
                }
            }
        }
        catch (RefusedException) when (!isOurs)
        {
            throw ResNeXtMetadata.Foreign(name);
        }
        catch (RefusedException refused)
        {
            throw new InvalidDataException($"'{name}' is not opened: {refused.Message}.", refused);
        }
        catch (EndOfStreamException exception)
        {
            throw new InvalidDataException($"'{name}' cannot be opened as an ONNX model: {exception.Message}.", exception);
        }

        if (!isOurs)
        {
            throw counts.Graphs == 0 ? new InvalidDataException($"'{name}' cannot be opened as an ONNX model: it holds no graph.") : ResNeXtMetadata.Foreign(name);
        }
    }

    private static void Graph(ReadOnlySpan<byte> bytes, ref Counts counts)
    {
        var graph = new Fields(bytes);
        while (graph.Next())
        {
            switch (graph.Number)
            {
                case 1: // node
                    Limit(++counts.Nodes, MostNodes, "operators");
                    Node(graph.Bytes);
                    break;
                case 5: // initializer
                    Limit(++counts.Initializers, MostInitializers, "tensors");
                    Tensor(graph.Bytes);
                    break;
                case 15:
                    throw new RefusedException("it holds sparse tensors");
                default:
                    break;
            }
        }
    }

    private static void Node(ReadOnlySpan<byte> bytes)
    {
        string type = "", domain = "";
        var node = new Fields(bytes);
        while (node.Next())
        {
            switch (node.Number)
            {
                case 4:
                    type = node.Text;
                    break;
                case 5:
                    Attribute(node.Bytes);
                    break;
                case 7:
                    domain = node.Text;
                    break;
                default:
                    break;
            }
        }

        if (domain is not ("" or "ai.onnx" or "ai.onnx.ml"))
        {
            throw new RefusedException($"it has an operator of '{Short(domain)}': expected those of ONNX itself");
        }

        if (domain != "ai.onnx.ml" && !Operators.Contains(type))
        {
            throw new RefusedException($"it has the operator '{Short(type)}', which no ResNeXt has");
        }
    }

    private static void Attribute(ReadOnlySpan<byte> bytes)
    {
        var attribute = new Fields(bytes);
        while (attribute.Next())
        {
            switch (attribute.Number)
            {
                case 5 or 10: // t, tensors
                    Tensor(attribute.Bytes);
                    break;
                case 6 or 11: // g, graphs
                    throw new RefusedException("it has a graph inside an operator");
                default:
                    break;
            }
        }
    }

    /// <summary>Values of another file would come out as weights.</summary>
    private static void Tensor(ReadOnlySpan<byte> bytes)
    {
        var tensor = new Fields(bytes);
        while (tensor.Next())
        {
            if (tensor.Number == 13 || (tensor.Number == 14 && tensor.Varint != 0)) // external_data, data_location
            {
                throw new RefusedException("it takes weights from another file: a model file is one file. Export it anew");
            }
        }
    }

    private static void Metadata(ReadOnlySpan<byte> bytes, ref Counts counts)
    {
        Limit(++counts.Metadata, MostMetadata, "entries of metadata");
        var entry = new Fields(bytes);
        while (entry.Next())
        {
            if (entry.Number == 1 && (entry.Bytes.Length > LongestKey || entry.Bytes.IndexOfAnyInRange((byte)0, (byte)0x1F) >= 0))
            {
                throw new RefusedException($"an entry of its metadata has the key '{Short(entry.Text)}'");
            }
        }
    }

    private static void Limit(int count, int most, string what)
    {
        if (count > most)
        {
            throw new RefusedException(FormattableString.Invariant($"it has more than {most:N0} {what}"));
        }
    }

    private static string Short(string text) => new([.. text.Take(60).Select(c => char.IsControl(c) ? '?' : c)]);

    private struct Counts
    {
        public int Graphs;
        public int Nodes;
        public int Initializers;
        public int Metadata;
    }

    private sealed class RefusedException(string message) : Exception(message);

    /// <summary>The fields of a protobuf message, one after another.</summary>
    private ref struct Fields(ReadOnlySpan<byte> message)
    {
        private readonly ReadOnlySpan<byte> _message = message;
        private int _at;

        public int Number { get; private set; }

        /// <summary>The value of a field that is a number of variable length.</summary>
        public ulong Varint { get; private set; }

        /// <summary>The content of a field that has a length.</summary>
        public ReadOnlySpan<byte> Bytes { get; private set; }

        public readonly string Text => Encoding.UTF8.GetString(Bytes);

        public bool Next()
        {
            if (_at == _message.Length)
            {
                return false;
            }

            ulong tag = Read();
            if (tag >> 3 is 0 or > int.MaxValue)
            {
                throw new EndOfStreamException("it is damaged");
            }

            (Number, Varint) = ((int)(tag >> 3), 0);
            Bytes = [];
            switch (tag & 7)
            {
                case 0:
                    Varint = Read();
                    break;
                case 1:
                    Bytes = Take(8);
                    break;
                case 2:
                    Bytes = Take(Read());
                    break;
                case 5:
                    Bytes = Take(4);
                    break;
                default:
                    throw new EndOfStreamException("it is damaged");
            }

            return true;
        }

        private ulong Read()
        {
            ulong value = 0;
            for (int shift = 0; shift < 64; shift += 7)
            {
                byte next = Take(1)[0];
                value |= (ulong)(next & 0x7F) << shift;
                if (next < 0x80)
                {
                    return value;
                }
            }

            throw new EndOfStreamException("it is damaged");
        }

        private ReadOnlySpan<byte> Take(ulong length)
        {
            if (length > (ulong)(_message.Length - _at))
            {
                throw new EndOfStreamException("it ends too early");
            }

            ReadOnlySpan<byte> taken = _message.Slice(_at, (int)length);
            _at += (int)length;
            return taken;
        }
    }
}
