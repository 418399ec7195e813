using System.Globalization;
using System.Text.RegularExpressions;

namespace ResNeXt.Training;

/// <summary>A member of the ResNeXt family: everything that distinguishes one network from another except its classes.</summary>
public sealed partial record ResNeXtArchitecture
{
    /// <summary>Channels that the stem puts out.</summary>
    internal const int StemChannels = 64;

    private const int Expansion = 4;

    private ResNeXtArchitecture(string name, ResNeXtStem stem, IReadOnlyList<int> blocks, int cardinality, int baseWidth) =>
        (Name, Stem, Blocks, Cardinality, BaseWidth) = (name, stem, blocks, cardinality, baseWidth);

    /// <summary>The architectures that have a name of their own in the literature; <see cref="Parse"/> knows many more.</summary>
    public static IReadOnlyList<string> Known { get; } =
    [
        "resnext50_32x4d", "resnext101_32x4d", "resnext101_32x8d", "resnext101_64x4d", "resnext152_32x4d",
        "resnet50", "resnet101", "resnet152",
        "resnext29_8x64d_cifar", "resnext29_16x64d_cifar",
    ];

    /// <summary>Its name, <c>resnext50_32x4d</c> for one.</summary>
    public string Name { get; }

    /// <summary>What stands before the first stage.</summary>
    public ResNeXtStem Stem { get; }

    /// <summary>Bottleneck blocks in each stage: four stages; three with the CIFAR stem, in a small network, or where there are three blocks.</summary>
    public IReadOnlyList<int> Blocks { get; }

    /// <summary>C: groups of the 3x3 convolutions.</summary>
    public int Cardinality { get; }

    /// <summary>d: channels of a group in the first stage.</summary>
    public int BaseWidth { get; }

    /// <summary>For experiments; names and files do not speak of it.</summary>
    internal ShortcutType Shortcut { get; init; } = ShortcutType.B;

    /// <summary>Length of a feature vector: the channels of the last stage.</summary>
    public int FeatureWidth => OutputChannels(Blocks.Count - 1);

    /// <summary>Pixels from one place of the last map to the next: 32; 16 in a small network, 4 with the CIFAR stem.</summary>
    internal int Stride => (Stem == ResNeXtStem.Cifar ? 1 : 4) << (Blocks.Count - 1);

    /// <summary>The square image that the paper trains it on: 224 pixels, 32 with the CIFAR stem.</summary>
    public int DefaultImageSize => Stem == ResNeXtStem.Cifar ? 32 : 224;

    /// <summary>
    /// Reads a name: <c>resnext{depth}_{C}x{d}d</c>, or <c>resnet50/101/152</c>. Behind the first, <c>_cifar</c> stands for the CIFAR network,
    /// <c>_small</c> for its three stages behind ImageNet's stem, for images of about 64 pixels.
    /// The depth is 3 x blocks + 2; blocks are split over the stages as the paper does, or evenly, earlier stages first.
    /// </summary>
    /// <exception cref="ArgumentException">The name is not of that form or no network can have these numbers.</exception>
    public static ResNeXtArchitecture Parse(string name)
    {
        Match match = Pattern().Match(name);
        if (!match.Success)
        {
            throw new ArgumentException(
                $"Architecture '{name}' is unknown: expected {string.Join(", ", Known)}, or resnext{{depth}}_{{C}}x{{d}}d[_cifar|_small].");
        }

        bool plain = match.Groups["plain"].Success;
        ResNeXtStem stem = match.Groups["cifar"].Success ? ResNeXtStem.Cifar : ResNeXtStem.ImageNet;
        int depth = Number(plain ? "plain" : "depth");
        int cardinality = plain ? 1 : Number("cardinality");
        int baseWidth = plain ? 64 : Number("width");
        if (cardinality is < 1 or > 1024 || baseWidth is < 1 or > 1024)
        {
            throw new ArgumentException($"Architecture '{name}' has cardinality {cardinality} and base width {baseWidth}: expected 1 to 1024 each.");
        }

        return new ResNeXtArchitecture(name, stem, SplitDepth(name, depth, threeStages: stem == ResNeXtStem.Cifar || match.Groups["small"].Success), cardinality, baseWidth);

        int Number(string group) => int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);
    }

    /// <summary>Channels inside the blocks of a stage: <c>floor(n * d / 64) * C</c> with n = 64, 128, 256, 512 (paper's code, <c>resnext.lua</c>).</summary>
    internal int InnerChannels(int stage) => (StemChannels << stage) * BaseWidth / 64 * Cardinality;

    /// <summary>Channels that the blocks of a stage put out: 256, 512, 1024, 2048.</summary>
    internal static int OutputChannels(int stage) => (StemChannels << stage) * Expansion;

    /// <summary>Whether this is the other network with as many blocks or more in each stage, and as many paths or more in each block.</summary>
    internal bool Extends(ResNeXtArchitecture other) =>
        (Stem, BaseWidth, Blocks.Count) == (other.Stem, other.BaseWidth, other.Blocks.Count)
        && Cardinality >= other.Cardinality
        && Blocks.Zip(other.Blocks).All(pair => pair.First >= pair.Second);

    /// <summary>Names of the blocks that are not in the other network, which this one <see cref="Extends"/>: <c>layer1.1</c>.</summary>
    internal IEnumerable<string> BlocksBeyond(ResNeXtArchitecture other) => Blocks.SelectMany((count, stage) =>
        Enumerable.Range(other.Blocks[stage], count - other.Blocks[stage]).Select(block => FormattableString.Invariant($"layer{stage + 1}.{block}")));

    private static int[] SplitDepth(string name, int depth, bool threeStages)
    {
        if (threeStages)
        {
            int each = (depth - 2) / 9;
            return depth >= 11 && depth <= 1001 && (each * 9) + 2 == depth
                ? [each, each, each]
                : throw new ArgumentException($"Architecture '{name}' has depth {depth}: a ResNeXt of three stages has 9n + 2 layers (11, 20, 29, 38, ...).");
        }

        int blocks = (depth - 2) / 3;
        return depth switch
        {
            50 => [3, 4, 6, 3],
            101 => [3, 4, 23, 3],
            152 => [3, 8, 36, 3],
            >= 11 and <= 1001 when (blocks * 3) + 2 == depth => [.. Enumerable.Range(0, Math.Min(blocks, 4)).Select(stage => (blocks / 4) + (stage < blocks % 4 ? 1 : 0))],
            _ => throw new ArgumentException($"Architecture '{name}' has depth {depth}: expected 3 x blocks + 2 layers with at least three blocks (11, 14, 17, ..., 50, 101, 152)."),
        };
    }

    [GeneratedRegex(@"^(resnet(?<plain>50|101|152)|resnext(?<depth>[0-9]{1,4})_(?<cardinality>[0-9]{1,4})x(?<width>[0-9]{1,4})d((?<cifar>_cifar)|(?<small>_small))?)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
