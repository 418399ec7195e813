namespace ResNeXt.Training;

/// <summary>Size and cost of a network, counted from its architecture alone.</summary>
/// <param name="Layers">Its convolutions (with the batch normalisation behind each), its pools and the last layer, in order.</param>
public sealed record ArchitectureSummary(IReadOnlyList<LayerSummary> Layers)
{
    /// <summary>Learned values.</summary>
    public long Parameters => Layers.Sum(layer => layer.Parameters);

    /// <summary>Multiply-adds of one image, those of convolutions and the last layer: what the paper calls FLOPs.</summary>
    public long MultiplyAdds => Layers.Sum(layer => layer.MultiplyAdds);

    /// <summary>Values that the convolutions and the last layer put out for one image; memory in training goes with them.</summary>
    public long Activations => Layers.Where(layer => layer.Parameters > 0).Sum(layer => layer.Output.Aggregate(1L, (count, edge) => count * edge));

    /// <summary>Counts a network.</summary>
    /// <param name="architecture">The network.</param>
    /// <param name="imageSize">Edge of its input in pixels.</param>
    /// <param name="classes">Number of classes.</param>
    public static ArchitectureSummary Of(ResNeXtArchitecture architecture, int imageSize, int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(imageSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        var layers = new List<LayerSummary>();
        bool cifar = architecture.Stem == ResNeXtStem.Cifar;
        int channels = ResNeXtArchitecture.StemChannels;
        int size = Add("conv1", imageSize, cifar ? 3 : 7, cifar ? 1 : 2, RgbImage.Channels, channels, 1);
        if (!cifar)
        {
            size = Halved(size);
            layers.Add(new LayerSummary("maxpool", [channels, size, size], 0, 0));
        }

        for (int stage = 0; stage < architecture.Blocks.Count; stage++)
        {
            int inner = architecture.InnerChannels(stage);
            int output = ResNeXtArchitecture.OutputChannels(stage);
            for (int block = 0; block < architecture.Blocks[stage]; block++)
            {
                string name = $"layer{stage + 1}.{block}";
                int stride = block == 0 && stage > 0 ? 2 : 1;
                Add($"{name}.conv1", size, 1, 1, channels, inner, 1);
                int next = Add($"{name}.conv2", size, 3, stride, inner, inner, architecture.Cardinality);
                Add($"{name}.conv3", next, 1, 1, inner, output, 1);
                if (architecture.Shortcut == ShortcutType.C || (architecture.Shortcut == ShortcutType.B && block == 0))
                {
                    Add($"{name}.downsample", size, 1, stride, channels, output, 1);
                }

                (size, channels) = (next, output);
            }
        }

        layers.Add(new LayerSummary("avgpool", [channels], 0, 0));
        layers.Add(new LayerSummary("fc", [classes], ((long)channels * classes) + classes, (long)channels * classes));
        return new ArchitectureSummary(layers);

        int Add(string name, int input, int kernel, int stride, int from, int to, int groups)
        {
            int edge = stride == 2 ? Halved(input) : input;
            long weights = (long)kernel * kernel * from / groups * to;
            layers.Add(new LayerSummary(name, [to, edge, edge], weights + (2L * to), weights * edge * edge));
            return edge;
        }
    }

    private static int Halved(int size) => (size + 1) / 2;
}
