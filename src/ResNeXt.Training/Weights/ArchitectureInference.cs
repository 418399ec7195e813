using System.Text.RegularExpressions;

namespace ResNeXt.Training;

/// <summary>Reads the architecture off the names and shapes of the weights.</summary>
internal static partial class ArchitectureInference
{
    /// <exception cref="InvalidDataException">No network of the family has these; the message says what does not fit.</exception>
    public static ResNeXtArchitecture Of(NetworkWeights weights)
    {
        ResNeXtStem stem = Stem(weights);
        if (weights.Names.FirstOrDefault(name => InBlock().IsMatch(name) && !OfBlock().IsMatch(name)) is string foreign)
        {
            throw Unfit(weights, $"'{foreign}' is no part of its blocks");
        }

        if (weights.Shape("layer1.0.conv2.weight") is not null && weights.Shape("layer1.0.conv3.weight") is null)
        {
            throw Unfit(weights, "its blocks hold two convolutions, as those of ResNet-18 and ResNet-34 do, expected three");
        }

        // Grouped convolution: [inner, inner / C, 3, 3]. In the first stage inner = C * d.
        if (weights.Shape("layer1.0.conv2.weight") is not [long inner, long width and > 0, 3, 3] || inner % width != 0)
        {
            throw Unfit(weights, $"'layer1.0.conv2.weight' {Found(weights, "layer1.0.conv2.weight")}, expected [C * d, d, 3, 3]");
        }

        int[] blocks = [.. Enumerable.Range(1, 4).Select(stage => Blocks(weights, stage)).Where((count, stage) => count > 0 || stage < 3)];
        string name = Name(stem, blocks, inner / width, width);
        try
        {
            var architecture = ResNeXtArchitecture.Parse(name);
            return architecture.Blocks.SequenceEqual(blocks)
                ? architecture
                : throw Unfit(weights, $"its stages have {string.Join(", ", blocks)} blocks, expected {string.Join(", ", architecture.Blocks)} for '{name}'");
        }
        catch (ArgumentException exception)
        {
            throw Unfit(weights, $"its stages have {string.Join(", ", blocks)} blocks: {exception.Message.TrimEnd('.')}");
        }
    }

    private static ResNeXtStem Stem(NetworkWeights weights) => weights.Shape("conv1.weight") switch
    {
        [ResNeXtArchitecture.StemChannels, 3, 7, 7] => ResNeXtStem.ImageNet,
        [ResNeXtArchitecture.StemChannels, 3, 3, 3] => ResNeXtStem.Cifar,
        _ => throw Unfit(weights, weights.Shape("conv1.0.weight") is null
            ? $"'conv1.weight' {Found(weights, "conv1.weight")}, expected [64, 3, 7, 7], or [64, 3, 3, 3] with the CIFAR stem"
            : "its stem is of several convolutions ('conv1.0.weight'), expected one"),
    };

    private static int Blocks(NetworkWeights weights, int stage)
    {
        int count = 0;
        while (weights.Shape(FormattableString.Invariant($"layer{stage}.{count}.conv1.weight")) is not null)
        {
            count++;
        }

        return count;
    }

    private static string Name(ResNeXtStem stem, int[] blocks, long cardinality, long width)
    {
        int depth = (3 * blocks.Sum()) + 2;
        if (stem == ResNeXtStem.ImageNet && (cardinality, width) == (1, 64) && depth is 50 or 101 or 152)
        {
            return FormattableString.Invariant($"resnet{depth}");
        }

        string suffix = stem == ResNeXtStem.Cifar ? "_cifar" : blocks is [> 1, _, _] ? "_small" : "";
        return FormattableString.Invariant($"resnext{depth}_{cardinality}x{width}d{suffix}");
    }

    private static InvalidDataException Unfit(NetworkWeights weights, string why) =>
        new($"'{weights.Path}' holds no ResNeXt: {why}. Name the architecture (--arch) to see every difference.");

    private static string Found(NetworkWeights weights, string name) =>
        weights.Shape(name) is long[] shape ? $"is [{string.Join(", ", shape)}]" : "is missing";

    [GeneratedRegex(@"^layer[0-9]+\.[0-9]+\.", RegexOptions.CultureInvariant)]
    private static partial Regex InBlock();

    [GeneratedRegex(@"^layer[1-4]\.[0-9]+\.(conv[123]|bn[123]|downsample\.[01])\.[a-z_]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex OfBlock();
}
