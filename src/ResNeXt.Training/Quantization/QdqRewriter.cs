using System.Runtime.InteropServices;
using Google.Protobuf;
using ResNeXt.Training.Onnx;
using DataType = ResNeXt.Training.Onnx.TensorProto.Types.DataType;

namespace ResNeXt.Training;

/// <summary>
/// Rewrites one of our float graphs to 8 bits in ONNX's QDQ form: every tensor that a quantised operator reads goes through
/// QuantizeLinear and DequantizeLinear, weights are stored as int8 and biases as int32 behind a DequantizeLinear. A runtime joins these with the
/// operators between them into integer ones; one that does not still computes the same.
/// </summary>
internal sealed class QdqRewriter
{
    private const float MostBiasSteps = 1 << 30;

    private readonly IReadOnlyDictionary<string, ActivationRange> _ranges;
    private readonly IReadOnlySet<string> _keepFloat;
    private readonly int _weightBits;
    private readonly GraphProto _source;
    private readonly GraphProto _target;
    private readonly Dictionary<string, TensorProto> _constants;
    private readonly HashSet<string> _quantized;
    private readonly HashSet<string> _written = [];

    private QdqRewriter(GraphProto source, GraphProto target, IReadOnlyDictionary<string, ActivationRange> ranges, IReadOnlySet<string> keepFloat, int weightBits)
    {
        (_source, _target, _ranges, _keepFloat, _weightBits) = (source, target, ranges, keepFloat, weightBits);
        _constants = source.Initializer.ToDictionary(tensor => tensor.Name);
        _quantized = [.. source.Node.Where(IsQuantized).SelectMany(Activations)];
    }

    /// <summary>Tensors that an operator of the graph would read in 8 bits: those whose range must be known.</summary>
    public static IEnumerable<string> Tensors(ModelProto model) => model.Graph.Node.Where(IsQuantizable).SelectMany(Activations).Distinct();

    /// <summary>Names of the nodes that can be brought to 8 bits.</summary>
    public static IEnumerable<string> Nodes(ModelProto model) => model.Graph.Node.Where(IsQuantizable).Select(node => node.Name);

    /// <summary>The name that a tensor has behind its 8 bits.</summary>
    public static string RoundedName(string tensor) => tensor + ".dequantized";

    /// <param name="model">A float model.</param>
    /// <param name="ranges">The range of each of <see cref="Tensors"/>.</param>
    /// <param name="keepFloat">Names of nodes that stay in float.</param>
    /// <param name="weightBits">8 or 7: <see cref="QuantizedWeights.Of"/>.</param>
    public static ModelProto Rewrite(ModelProto model, IReadOnlyDictionary<string, ActivationRange> ranges, IReadOnlySet<string> keepFloat, int weightBits)
    {
        ModelProto rewritten = model.Clone();
        rewritten.Graph.Node.Clear();
        rewritten.Graph.Initializer.Clear();
        new QdqRewriter(model.Graph, rewritten.Graph, ranges, keepFloat, weightBits).Run();
        return rewritten;
    }

    private static bool IsQuantizable(NodeProto node) => node.OpType is "Conv" or "Add" or "MaxPool";

    /// <summary>The inputs of a node that are not its weights.</summary>
    private static IEnumerable<string> Activations(NodeProto node) => node.OpType == "Conv" ? node.Input.Take(1) : node.Input;

    private bool IsQuantized(NodeProto node) => IsQuantizable(node) && !_keepFloat.Contains(node.Name);

    private void Run()
    {
        foreach (NodeProto node in _source.Node)
        {
            NodeProto copy = node.Clone();
            for (int i = 0; i < node.Input.Count; i++)
            {
                copy.Input[i] = _constants.TryGetValue(node.Input[i], out TensorProto? constant)
                    ? Constant(constant, node, i)
                    : _quantized.Contains(node.Input[i]) ? Rounded(node.Input[i]) : node.Input[i];
            }

            _target.Node.Add(copy);
        }
    }

    /// <summary>A tensor by way of 8 bits; all who read it read the same.</summary>
    private string Rounded(string tensor)
    {
        string result = RoundedName(tensor);
        if (_written.Add(result))
        {
            ActivationRange range = _ranges[tensor];
            string scale = Add(tensor + ".scale", DataType.Float, [range.Scale]);
            string zero = Add(tensor + ".zero_point", DataType.Uint8, [range.ZeroPoint]);
            _target.Node.Add(new NodeProto { OpType = "QuantizeLinear", Name = tensor + ".quantized", Input = { tensor, scale, zero }, Output = { tensor + ".quantized" } });
            _target.Node.Add(new NodeProto { OpType = "DequantizeLinear", Name = result, Input = { tensor + ".quantized", scale, zero }, Output = { result } });
        }

        return result;
    }

    private string Constant(TensorProto constant, NodeProto reader, int place)
    {
        if (!(reader.OpType == "Conv" && IsQuantized(reader)))
        {
            if (_written.Add(constant.Name)) // the head's weights are the activation maps', too
            {
                _target.Initializer.Add(constant);
            }

            return constant.Name;
        }

        TensorProto filters = _constants[reader.Input[1]];
        float input = _ranges[reader.Input[0]].Scale;
        var weights = QuantizedWeights.Of(Floats(filters), (int)filters.Dims[0], _weightBits, LeastScales(Floats(_constants[reader.Input[2]]), input));
        return place == 1 ? Weight(constant, weights) : Bias(constant, input, weights);
    }

    /// <summary>A filter that weight decay has all but emptied would have steps in which its bias is more than an int32 holds.</summary>
    private static float[] LeastScales(ReadOnlySpan<float> bias, float input)
    {
        float[] scales = new float[bias.Length];
        for (int i = 0; i < scales.Length; i++)
        {
            scales[i] = Math.Abs(bias[i]) / MostBiasSteps / input;
        }

        return scales;
    }

    private string Weight(TensorProto constant, QuantizedWeights weights)
    {
        string values = Add(constant.Name + ".int8", DataType.Int8, weights.Values, [.. constant.Dims]);
        string scales = Add(constant.Name + ".scale", DataType.Float, weights.Scales, weights.Scales.Length);
        string zeros = Add(constant.Name + ".zero_point", DataType.Int8, new sbyte[weights.Scales.Length], weights.Scales.Length);
        return Dequantized(constant.Name, values, scales, zeros);
    }

    /// <summary>A bias is added to the sum of products, so its step is that of a product: scale of the input times scale of the weights.</summary>
    private string Bias(TensorProto constant, float input, QuantizedWeights weights)
    {
        float[] scales = [.. weights.Scales.Select(scale => scale * input)];
        ReadOnlySpan<float> bias = Floats(constant);
        int[] steps = new int[bias.Length];
        for (int i = 0; i < steps.Length; i++)
        {
            steps[i] = (int)Math.Round((double)bias[i] / scales[i]);
        }

        string values = Add(constant.Name + ".int32", DataType.Int32, steps, steps.Length);
        string scale = Add(constant.Name + ".scale", DataType.Float, scales, scales.Length);
        string zeros = Add(constant.Name + ".zero_point", DataType.Int32, new int[steps.Length], steps.Length);
        return Dequantized(constant.Name, values, scale, zeros);
    }

    private string Dequantized(string name, string values, string scales, string zeros)
    {
        _target.Node.Add(new NodeProto
        {
            OpType = "DequantizeLinear",
            Name = name,
            Input = { values, scales, zeros },
            Output = { name },
            Attribute = { OnnxGraph.Attribute("axis", 0) },
        });
        return name;
    }

    private string Add<T>(string name, DataType type, T[] values, params long[] shape)
        where T : struct
    {
        _target.Initializer.Add(new TensorProto { Name = name, DataType = (int)type, Dims = { shape }, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<T>(values)) });
        return name;
    }

    private static ReadOnlySpan<float> Floats(TensorProto tensor) => MemoryMarshal.Cast<byte, float>(tensor.RawData.Span);
}
