using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ResNeXt.Training;

/// <summary>
/// The block of the paper in its grouped form (Fig. 3c): 1x1, grouped 3x3 (which carries the stride), 1x1; batch normalisation
/// after each, ReLU after each but the last, where it follows the addition of the shortcut.
/// </summary>
internal sealed class Bottleneck : Module<Tensor, Tensor>
{
    public readonly Conv2d conv1;
    public readonly BatchNorm bn1;
    public readonly Conv2d conv2;
    public readonly BatchNorm bn2;
    public readonly Conv2d conv3;
    public readonly BatchNorm bn3;
    public readonly Sequential? downsample;

    public Bottleneck(int input, int inner, int output, int groups, int stride, ShortcutType shortcut = ShortcutType.B)
        : base(nameof(Bottleneck))
    {
        Shortcut = shortcut;
        ChangesShape = stride != 1 || input != output;
        conv1 = Conv2d(input, inner, 1, bias: false);
        bn1 = new BatchNorm(inner);
        conv2 = Conv2d(inner, inner, 3, stride: stride, padding: 1, groups: groups, bias: false);
        bn2 = new BatchNorm(inner);
        conv3 = Conv2d(inner, output, 1, bias: false);
        bn3 = new BatchNorm(output);
        if (shortcut == ShortcutType.C || (shortcut == ShortcutType.B && ChangesShape))
        {
            downsample = Projection(input, output, stride);
        }

        RegisterComponents();
    }

    public ShortcutType Shortcut { get; }

    /// <summary>The input cannot be added to the output as it is.</summary>
    public bool ChangesShape { get; }

    /// <summary>The shortcut that is learned: 1x1 and batch normalisation.</summary>
    public static Sequential Projection(int input, int output, int stride) =>
        Sequential(("0", Conv2d(input, output, 1, stride: stride, bias: false)), ("1", new BatchNorm(output)));

    // [N,input,H,W] -> [N,output,H/stride,W/stride]
    public override Tensor forward(Tensor x)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor y = bn1.forward(conv1.Convolve(x)).relu_();
        y = bn2.forward(conv2.Convolve(y)).relu_();
        y = bn3.forward(conv3.Convolve(y));
        if (Shortcut != ShortcutType.None)
        {
            using Scalar one = 1.ToScalar();
            y = y.add_(Carried(x), one);
        }

        return y.relu_().MoveToOuterDisposeScope();
    }

    private Tensor Carried(Tensor x)
    {
        if (downsample is not null)
        {
            return ((BatchNorm)downsample[1]).forward(((Conv2d)downsample[0]).Convolve(x));
        }

        return ChangesShape ? ZeroPadded(x) : x;
    }

    // [N,input,H,W] -> [N,output,H/stride,W/stride]
    private Tensor ZeroPadded(Tensor x)
    {
        long stride = conv2.stride![0];
        Tensor pixels = x.slice(2, 0, x.shape[2], stride).slice(3, 0, x.shape[3], stride);
        return functional.pad(pixels, [0L, 0, 0, 0, 0, conv3.out_channels - x.shape[1]]);
    }
}
