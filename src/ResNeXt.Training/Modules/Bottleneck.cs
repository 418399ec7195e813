using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ResNeXt.Training;

/// <summary>
/// The block of the paper in its grouped form (Fig. 3c): 1x1, grouped 3x3 (which carries the stride), 1x1; batch normalisation
/// after each, ReLU after each but the last, where it follows the addition. The shortcut is the identity, or 1x1 where shapes change
/// (option B).
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

    public Bottleneck(int input, int inner, int output, int groups, int stride)
        : base(nameof(Bottleneck))
    {
        conv1 = Conv2d(input, inner, 1, bias: false);
        bn1 = new BatchNorm(inner);
        conv2 = Conv2d(inner, inner, 3, stride: stride, padding: 1, groups: groups, bias: false);
        bn2 = new BatchNorm(inner);
        conv3 = Conv2d(inner, output, 1, bias: false);
        bn3 = new BatchNorm(output);
        if (stride != 1 || input != output)
        {
            downsample = Sequential(("0", Conv2d(input, output, 1, stride: stride, bias: false)), ("1", new BatchNorm(output)));
        }

        RegisterComponents();
    }

    // [N,input,H,W] -> [N,output,H/stride,W/stride]
    public override Tensor forward(Tensor x)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor y = bn1.forward(conv1.forward(x)).relu_();
        y = bn2.forward(conv2.forward(y)).relu_();
        y = bn3.forward(conv3.forward(y));
        Tensor shortcut = downsample is null ? x : downsample.forward(x);
        using Scalar one = 1.ToScalar();
        return y.add_(shortcut, one).relu_().MoveToOuterDisposeScope();
    }
}
