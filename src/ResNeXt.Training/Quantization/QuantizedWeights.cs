using System.Numerics.Tensors;

namespace ResNeXt.Training;

/// <summary>Weights of a convolution in 8 bits or fewer, symmetric about zero, with a scale for each output channel.</summary>
internal sealed record QuantizedWeights(sbyte[] Values, float[] Scales)
{
    /// <param name="weights">The weights, output channels first.</param>
    /// <param name="channels">Number of output channels.</param>
    /// <param name="bits">8, or 7 for processors that add two products in 16 bits (x86 before VNNI): with 7 they cannot overflow.</param>
    /// <param name="leastScales">What the scale of a channel must not fall below.</param>
    public static QuantizedWeights Of(ReadOnlySpan<float> weights, int channels, int bits, ReadOnlySpan<float> leastScales)
    {
        int largest = (1 << (bits - 1)) - 1;
        int filter = weights.Length / channels;
        var quantized = new QuantizedWeights(new sbyte[weights.Length], new float[channels]);
        for (int channel = 0; channel < channels; channel++)
        {
            ReadOnlySpan<float> values = weights.Slice(channel * filter, filter);
            float scale = Math.Max(Math.Abs(TensorPrimitives.MaxMagnitude(values)) / largest, leastScales[channel]);
            quantized.Scales[channel] = scale = scale > 0 ? scale : 1;
            for (int i = 0; i < filter; i++)
            {
                quantized.Values[(channel * filter) + i] = (sbyte)Math.Clamp(MathF.Round(values[i] / scale), -largest, largest);
            }
        }

        return quantized;
    }
}
