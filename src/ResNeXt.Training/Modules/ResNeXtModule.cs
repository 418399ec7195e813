using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ResNeXt.Training;

/// <summary>
/// A ResNeXt (Xie et al. 2017) as a TorchSharp module. Its parameters carry the names of torchvision's <c>resnet.py</c>, its weights
/// lie channels-last, and a new one is initialised as He et al. do it (fan-out).
/// </summary>
/// <remarks>Input: normalised pixels, float, <c>[N, 3, H, W]</c>. Output: logits, <c>[N, classes]</c>. With an input in bfloat16 all from the first
/// convolution to the last stage computes in bfloat16, from weights and statistics in float; features and logits are float.</remarks>
public sealed class ResNeXtModule : Module<Tensor, Tensor>
{
    internal readonly Conv2d conv1;
    internal readonly BatchNorm bn1;
    internal readonly Sequential layer1;
    internal readonly Sequential layer2;
    internal readonly Sequential layer3;
    internal readonly Sequential? layer4;
    internal readonly Linear fc;

    /// <summary>A new network with random weights, in training mode, on the CPU.</summary>
    /// <param name="architecture">Which network.</param>
    /// <param name="classes">Number of classes, at least 1.</param>
    // Torch must be loadable before the base constructor asks it for a native module.
    public ResNeXtModule(ResNeXtArchitecture architecture, int classes)
        : base(TorchLibrary.Load() is null ? "" : architecture.Name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        Architecture = architecture;
        Classes = classes;
        bool cifar = architecture.Stem == ResNeXtStem.Cifar;
        conv1 = cifar
            ? Conv2d(3, ResNeXtArchitecture.StemChannels, 3, padding: 1, bias: false)
            : Conv2d(3, ResNeXtArchitecture.StemChannels, 7, stride: 2, padding: 3, bias: false);
        bn1 = new BatchNorm(ResNeXtArchitecture.StemChannels);
        layer1 = Stage(architecture, 0);
        layer2 = Stage(architecture, 1);
        layer3 = Stage(architecture, 2);
        layer4 = architecture.Blocks.Count < 4 ? null : Stage(architecture, 3);
        fc = Linear(architecture.FeatureWidth, classes);
        RegisterComponents();
        Initialize();
        ChannelsLast.Convert(this);
    }

    /// <summary>Which network this is.</summary>
    public ResNeXtArchitecture Architecture { get; }

    /// <summary>Number of classes.</summary>
    public int Classes { get; }

    /// <summary>Number of learned values.</summary>
    public long ParameterCount => parameters().Sum(parameter => parameter.numel());

    /// <summary><c>layer1.0</c> and on.</summary>
    internal IEnumerable<string> Blocks => named_modules().Where(pair => pair.module is Bottleneck).Select(pair => pair.name);

    internal IReadOnlyList<Sequential> Stages => layer4 is null ? [layer1, layer2, layer3] : [layer1, layer2, layer3, layer4];

    /// <summary>The network up to the global average pool.</summary>
    /// <param name="x">Normalised pixels, <c>[N, 3, H, W]</c>.</param>
    /// <returns>Features, <c>[N, FeatureWidth]</c>.</returns>
    public Tensor Features(Tensor x)
    {
        using DisposeScope scope = NewDisposeScope();
        return Maps(x).mean([2L, 3L], type: fc.weight!.dtype).MoveToOuterDisposeScope();
    }

    /// <summary>The network up to its last stage.</summary>
    /// <param name="x">Normalised pixels, <c>[N, 3, H, W]</c>.</param>
    /// <returns><c>[N, FeatureWidth, H / 32, W / 32]</c>; with the CIFAR stem a quarter of the input.</returns>
    internal Tensor Maps(Tensor x)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor y = bn1.forward(conv1.Convolve(x)).relu_();
        if (Architecture.Stem == ResNeXtStem.ImageNet)
        {
            y = functional.max_pool2d(y, 3, 2, 1);
        }

        foreach (Sequential stage in Stages)
        {
            y = stage.forward(y);
        }

        return y.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor x)
    {
        using DisposeScope scope = NewDisposeScope();
        return fc.forward(Features(x)).MoveToOuterDisposeScope();
    }

    /// <summary>Lets blocks start as their shortcuts: the scale of the last normalisation becomes zero (torchvision's <c>zero_init_residual</c>).</summary>
    internal void ZeroLastGammas()
    {
        using var scope = no_grad();
        foreach (Bottleneck block in modules().OfType<Bottleneck>())
        {
            block.bn3.weight.zero_();
        }
    }

    /// <summary>A network of one logit, which is for a sigmoid, as one of two classes with the same probabilities: their logits are 0 and its own.</summary>
    internal ResNeXtModule WithTwoClasses()
    {
        using var noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        var two = new ResNeXtModule(Architecture, classes: 2);
        Dictionary<string, Tensor> wanted = two.state_dict();
        foreach ((string name, Tensor value) in state_dict())
        {
            Tensor target = Checkpoint.IsHead(name) ? wanted[name].zero_().narrow(0, 1, 1) : wanted[name];
            target.copy_(value);
        }

        return two;
    }

    private static Sequential Stage(ResNeXtArchitecture architecture, int stage)
    {
        int input = stage == 0 ? ResNeXtArchitecture.StemChannels : ResNeXtArchitecture.OutputChannels(stage - 1);
        int output = ResNeXtArchitecture.OutputChannels(stage);
        int inner = architecture.InnerChannels(stage);
        return Sequential(Enumerable.Range(0, architecture.Blocks[stage]).Select(Block));

        (string, Module<Tensor, Tensor>) Block(int i) => (
            i.ToString(System.Globalization.CultureInfo.InvariantCulture),
            new Bottleneck(i == 0 ? input : output, inner, output, architecture.Cardinality, i == 0 && stage > 0 ? 2 : 1, architecture.Shortcut));
    }

    /// <summary>Convolutions N(0, sqrt(2 / (kW kH out))), batch normalisation 1 and 0, the head's bias 0 (paper's code, <c>resnext.lua</c>).</summary>
    private void Initialize()
    {
        using var scope = no_grad();
        foreach (Module module in modules())
        {
            if (module is Conv2d conv)
            {
                init.kaiming_normal_(conv.weight!, mode: init.FanInOut.FanOut, nonlinearity: init.NonlinearityType.ReLU);
            }
        }

        fc.bias!.zero_();
    }
}
