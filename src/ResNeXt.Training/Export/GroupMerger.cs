using Google.Protobuf;
using ResNeXt.Training.Onnx;

namespace ResNeXt.Training;

/// <summary>
/// The equivalent forms of the paper's Fig. 3 turned round: neighbouring groups of a convolution become one wider group whose kernels are zero
/// off the diagonal blocks. The same function; more multiplications, but they fill a processor's vectors.
/// </summary>
internal static class GroupMerger
{
    /// <summary>
    /// The width of a group that is up to 1.2 (float) and 1.8 (int8) times as fast as the trained one in the first stage, and neither gains nor
    /// loses beyond the noise in the others (benchmarks/results/groups.md): a vector of 16 floats, two of 16 bytes.
    /// </summary>
    public static int Channels(ModelPrecision precision) => precision == ModelPrecision.Int8 ? 32 : 16;

    /// <summary>Joins groups, in place, until each has at least <paramref name="channels"/> inputs where their number allows it.</summary>
    /// <returns>Number of convolutions that were changed.</returns>
    public static int Merge(GraphProto graph, int channels)
    {
        var constants = graph.Initializer.ToDictionary(tensor => tensor.Name);
        int merged = 0;
        foreach (NodeProto node in graph.Node.Where(node => node.OpType == "Conv"))
        {
            AttributeProto group = node.Attribute.Single(attribute => attribute.Name == "group");
            TensorProto weight = constants[node.Input[1]];
            int joined = Joined((int)group.I, (int)weight.Dims[1], channels);
            if (joined > 1)
            {
                Widen(weight, (int)group.I, joined);
                group.I /= joined;
                merged++;
            }
        }

        return merged;
    }

    /// <summary>The smallest number of groups to join that reaches the width and divides their number; 1 for a dense convolution.</summary>
    internal static int Joined(int groups, int groupChannels, int channels)
    {
        int joined = Math.Clamp((channels + groupChannels - 1) / groupChannels, 1, groups);
        while (groups % joined != 0)
        {
            joined++;
        }

        return joined;
    }

    // [out, in, kh, kw] -> [out, joined * in, kh, kw], each kernel in the block of its own group
    private static void Widen(TensorProto weight, int groups, int joined)
    {
        int outputs = (int)weight.Dims[0], kernel = (int)(weight.Dims[1] * weight.Dims[2] * weight.Dims[3]) * sizeof(float);
        byte[] wide = new byte[outputs * kernel * joined];
        for (int output = 0; output < outputs; output++)
        {
            int block = output / (outputs / groups) % joined;
            weight.RawData.Span.Slice(output * kernel, kernel).CopyTo(wide.AsSpan(((output * joined) + block) * kernel));
        }

        weight.RawData = UnsafeByteOperations.UnsafeWrap(wide);
        weight.Dims[1] *= joined;
    }

}
