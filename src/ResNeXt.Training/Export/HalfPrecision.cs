using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Google.Protobuf;
using ResNeXt.Training.Onnx;
using DataType = ResNeXt.Training.Onnx.TensorProto.Types.DataType;

namespace ResNeXt.Training;

/// <summary>Stores weights as float16, half the file. A Cast behind each gives float32 back, and a runtime does that once, when it opens the file.</summary>
internal static class HalfPrecision
{
    private const float Largest = 65504;

    /// <summary>Rewrites kernels and matrices in place; biases and whatever float16 cannot hold stay.</summary>
    public static void Store(GraphProto graph)
    {
        var casts = new List<NodeProto>();
        var weights = graph.Node.Where(node => node.OpType is "Conv" or "Gemm").Select(node => node.Input[1]).ToHashSet();
        foreach (TensorProto tensor in graph.Initializer.Where(tensor => weights.Contains(tensor.Name)))
        {
            ReadOnlySpan<float> values = MemoryMarshal.Cast<byte, float>(tensor.RawData.Span);
            if (Math.Abs(TensorPrimitives.MaxMagnitude(values)) > Largest)
            {
                continue;
            }

            var halves = new Half[values.Length];
            TensorPrimitives.ConvertToHalf(values, halves);
            string name = tensor.Name;
            tensor.Name = name + ".float16";
            tensor.DataType = (int)DataType.Float16;
            tensor.RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<Half>(halves));
            casts.Add(new NodeProto { OpType = "Cast", Name = name, Input = { tensor.Name }, Output = { name }, Attribute = { OnnxGraph.Attribute("to", (long)DataType.Float) } });
        }

        List<NodeProto> nodes = [.. casts, .. graph.Node];
        graph.Node.Clear();
        graph.Node.AddRange(nodes);
    }
}
