using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ResNeXt.Training;

/// <summary>
/// A convolution and the batch normalisation behind it as one convolution with a bias (evaluation mode):
/// <c>w' = w * gamma / sqrt(var + eps)</c>, <c>b' = beta - mean * gamma / sqrt(var + eps)</c>; computed in double precision.
/// </summary>
internal sealed record FoldedConvolution(float[] Weight, float[] Bias, long[] Shape, long Stride, long Padding, long Groups)
{
    public static FoldedConvolution Of(Conv2d convolution, BatchNorm normalization)
    {
        float[] weight = Floats(convolution.weight!);
        float[] gamma = Floats(normalization.weight), beta = Floats(normalization.bias);
        float[] mean = Floats(normalization.running_mean), variance = Floats(normalization.running_var);
        float[] bias = new float[gamma.Length];
        int filter = weight.Length / gamma.Length;
        for (int channel = 0; channel < gamma.Length; channel++)
        {
            double scale = gamma[channel] / Math.Sqrt(variance[channel] + BatchNorm.Epsilon);
            bias[channel] = (float)(beta[channel] - (mean[channel] * scale));
            foreach (ref float value in weight.AsSpan(channel * filter, filter))
            {
                value = (float)(value * scale);
            }
        }

        return new FoldedConvolution(weight, bias, convolution.weight!.shape, convolution.stride![0], convolution.padding![0], convolution.groups);
    }

    /// <summary>The shortcut of type A as a convolution: every stride-th pixel of every channel, and channels of zero behind.</summary>
    public static FoldedConvolution ZeroPadding(Bottleneck block)
    {
        long input = block.conv1.in_channels, output = block.conv3.out_channels;
        float[] weight = new float[output * input];
        for (long channel = 0; channel < input; channel++)
        {
            weight[(channel * input) + channel] = 1;
        }

        return new FoldedConvolution(weight, new float[output], [output, input, 1, 1], block.conv2.stride![0], Padding: 0, Groups: 1);
    }

    private static float[] Floats(Tensor value)
    {
        using DisposeScope scope = NewDisposeScope();
        return value.detach().cpu().contiguous().data<float>().ToArray();
    }
}
