using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ResNeXt.Training;

/// <summary>
/// The block of the paper with its C paths apart, each 1x1 to d channels and 3x3. In form (a) of Fig. 3 a path has its own 1x1 to the
/// output and the paths are summed; in form (b) they are concatenated before one 1x1. Both compute what the grouped
/// <see cref="Bottleneck"/>, form (c), computes in three convolutions: they exist to show it.
/// </summary>
internal sealed class MultiPathBottleneck : Module<Tensor, Tensor>
{
    public readonly ModuleList<Sequential> paths;
    public readonly Conv2d? conv3;
    public readonly BatchNorm bn3;
    public readonly Sequential? downsample;

    /// <param name="input">Channels of the input.</param>
    /// <param name="inner">Channels of all paths together, C x d.</param>
    /// <param name="output">Channels of the output.</param>
    /// <param name="cardinality">C, the number of paths.</param>
    /// <param name="stride">Stride of the 3x3 convolutions.</param>
    /// <param name="concatenate">Form (b) instead of form (a).</param>
    public MultiPathBottleneck(int input, int inner, int output, int cardinality, int stride, bool concatenate)
        : base(nameof(MultiPathBottleneck))
    {
        paths = ModuleList([.. Enumerable.Range(0, cardinality).Select(_ => Path())]);
        conv3 = concatenate ? Conv2d(inner, output, 1, bias: false) : null;
        bn3 = new BatchNorm(output);
        downsample = stride != 1 || input != output ? Bottleneck.Projection(input, output, stride) : null;
        RegisterComponents();

        Sequential Path()
        {
            int width = inner / cardinality;
            var path = Sequential(
                ("conv1", Conv2d(input, width, 1, bias: false)),
                ("bn1", new BatchNorm(width)),
                ("relu1", ReLU()),
                ("conv2", Conv2d(width, width, 3, stride: stride, padding: 1, bias: false)),
                ("bn2", new BatchNorm(width)),
                ("relu2", ReLU()));
            return concatenate ? path : path.append("conv3", Conv2d(width, output, 1, bias: false));
        }
    }

    // [N,input,H,W] -> [N,output,H/stride,W/stride]
    public override Tensor forward(Tensor x)
    {
        using DisposeScope scope = NewDisposeScope();
        using Scalar one = 1.ToScalar();
        IEnumerable<Tensor> ends = paths.Select(path => path.forward(x));
        Tensor y = conv3 is null ? ends.Aggregate((sum, end) => sum.add_(end, one)) : conv3.forward(cat([.. ends], 1));
        return bn3.forward(y).add_(downsample?.forward(x) ?? x, one).relu_().MoveToOuterDisposeScope();
    }

    /// <summary>The tensors of the grouped form (weights, statistics or gradients) under the names of this one, cut along its paths.</summary>
    public Dictionary<string, Tensor> Split(IEnumerable<KeyValuePair<string, Tensor>> grouped)
    {
        Dictionary<string, Tensor> own = state_dict();
        return grouped.SelectMany(pair => own.ContainsKey(pair.Key) ? [pair] : Parts(pair.Key, pair.Value)).ToDictionary();
    }

    /// <summary>What <see cref="Split"/> cut, put together again.</summary>
    /// <param name="split">The tensors of every path, in the order of the paths.</param>
    public static Dictionary<string, Tensor> Merge(IEnumerable<KeyValuePair<string, Tensor>> split) => split
        .GroupBy(pair => pair.Key.StartsWith("paths.", StringComparison.Ordinal) ? pair.Key.Split('.', 3)[2] : pair.Key, pair => pair.Value)
        .ToDictionary(parts => parts.Key, parts => IsCount(parts.Key) ? parts.First() : cat([.. parts], Dimension(parts.Key)));

    private IEnumerable<KeyValuePair<string, Tensor>> Parts(string name, Tensor value)
    {
        for (int path = 0; path < paths.Count; path++)
        {
            yield return new($"paths.{path}.{name}", IsCount(name) ? value : value.chunk(paths.Count, Dimension(name))[path]);
        }
    }

    /// <summary>Paths are rows of every tensor but the last 1x1, which reads them: there they are columns.</summary>
    private static long Dimension(string name) => name == "conv3.weight" ? 1 : 0;

    /// <summary>The number of batches seen, which is every path's.</summary>
    private static bool IsCount(string name) => name.EndsWith(".num_batches_tracked", StringComparison.Ordinal);
}
