using Google.Protobuf;
using ResNeXt.Training.Onnx;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ResNeXt.Training;

/// <summary>
/// Writes a network as one self-describing ONNX file: raw pixels 0..255 in, normalisation in the graph, batch normalisation
/// folded into the convolutions, any batch size; outputs <c>features</c>, <c>logits</c> and <c>probabilities</c>.
/// </summary>
public static class OnnxExporter
{
    private const string HeadWeight = "fc.weight";
    private static readonly string Version = typeof(OnnxExporter).Assembly.GetName().Version!.ToString(3);

    /// <summary>The preprocessing that a network is trained and evaluated with unless told otherwise.</summary>
    /// <remarks>
    /// The shorter side is resized to 8/7 of the crop, the 256 to 224 of the paper; the CIFAR stem sees its small images whole, with
    /// the mean and deviation of CIFAR-10 (paper's code).
    /// </remarks>
    internal static ImagePreprocessing DefaultPreprocessing(ResNeXtArchitecture architecture) => architecture.Stem == ResNeXtStem.Cifar
        ? new ImagePreprocessing
        {
            ImageSize = architecture.DefaultImageSize,
            ResizeSize = architecture.DefaultImageSize,
            Mean = [125.3f / 255, 123.0f / 255, 113.9f / 255],
            StandardDeviation = [63.0f / 255, 62.1f / 255, 66.7f / 255],
        }
        : new ImagePreprocessing();

    /// <summary>The description that goes into the file.</summary>
    internal static ResNeXtMetadata Describe(ResNeXtModule module, IReadOnlyList<string> labels, ImagePreprocessing preprocessing) => new()
    {
        Architecture = module.Architecture.Name,
        Preprocessing = preprocessing,
        Labels = labels,
        FeatureWidth = module.Architecture.FeatureWidth,
        Producer = $"ResNeXt.Training {Version}",
    };

    /// <summary>A model file is one message of Protocol Buffers, which ends at 2 GiB; some kilobytes of it are no weights.</summary>
    /// <exception cref="InvalidDataException">The network would not go into a file.</exception>
    internal static void RequireRoom(ResNeXtArchitecture architecture, int classes)
    {
        const long most = int.MaxValue - (1 << 24);
        long bytes = sizeof(float) * ArchitectureSummary.Of(architecture, architecture.DefaultImageSize, classes).Parameters;
        if (bytes > most)
        {
            throw new InvalidDataException(FormattableString.Invariant($"'{architecture.Name}' has {bytes / 1e6:N0} MB of weights: an ONNX file holds at most {most / 1e6:N0} MB. Choose a smaller network."));
        }
    }

    /// <summary>Exports a network, proves the file equal to it and writes it atomically.</summary>
    /// <param name="module">The network, on the CPU.</param>
    /// <param name="metadata">What the file says of itself; as many labels as the network has classes.</param>
    /// <param name="path">The file to create or replace.</param>
    /// <param name="options">The form of the file; null for the defaults.</param>
    /// <param name="log">Told what a quantisation begins, a line each.</param>
    /// <param name="cancellation">Stops a quantisation; nothing is written then.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or does not go with another.</exception>
    /// <exception cref="InvalidDataException">Labels and classes differ in number, ONNX Runtime's results are not the network's, or too few calibration images can be read.</exception>
    public static ExportResult Export(ResNeXtModule module, ResNeXtMetadata metadata, string path, ExportOptions? options = null, Action<string>? log = null, CancellationToken cancellation = default)
    {
        options = (options ?? new ExportOptions()).Validated();
        if (metadata.Labels.Count != module.Classes)
        {
            throw new InvalidDataException($"{metadata.Labels.Count} labels are given for a network of {module.Classes} classes.");
        }

        RequireRoom(module.Architecture, module.Classes);
        metadata = metadata with { Precision = options.Precision };
        ModelProto model = Build(module, metadata, options);
        GroupMerger.Merge(model.Graph, options.MergeGroups ?? GroupMerger.Channels(options.Precision));
        if (options.Precision == ModelPrecision.Float16)
        {
            HalfPrecision.Store(model.Graph);
        }

        double error = OnnxVerifier.Verify(model.ToByteArray(), module, metadata.Preprocessing, options.Precision == ModelPrecision.Float16 ? OnnxVerifier.Float16Tolerance : OnnxVerifier.Tolerance);
        QuantizationReport? report = null;
        if (options.Precision == ModelPrecision.Int8)
        {
            IReadOnlyList<string> paths = options.Calibration!;
            var images = CalibrationImages.Choose(CalibrationImages.Files(paths), paths.Count, options.Quantization.Images, metadata.Preprocessing, cancellation);
            (model, report) = ModelQuantizer.Quantize(model, images, metadata.Preprocessing.ImageSize, options.Quantization, log, cancellation);
        }

        OnnxGraph.Save(model, path);
        report?.Save(path);
        return new ExportResult(report?.Overall.MaxLogitError ?? error, report);
    }

    private static ModelProto Build(ResNeXtModule module, ResNeXtMetadata metadata, ExportOptions options)
    {
        var graph = new OnnxGraph();
        int size = metadata.Preprocessing.ImageSize;
        string x = graph.Input(ResNeXtMetadata.InputName, null, RgbImage.Channels, size, size);
        x = Normalize(graph, x, metadata.Preprocessing);
        x = Relu(graph, "stem", Convolution(graph, "conv1", x, FoldedConvolution.Of(module.conv1, module.bn1)));
        if (module.Architecture.Stem == ResNeXtStem.ImageNet)
        {
            x = graph.Node("MaxPool", "maxpool", [x], OnnxGraph.Attribute("kernel_shape", [3, 3]), OnnxGraph.Attribute("strides", [2, 2]), OnnxGraph.Attribute("pads", [1, 1, 1, 1]));
        }

        for (int stage = 0; stage < module.Stages.Count; stage++)
        {
            int number = 0;
            foreach (Bottleneck block in module.Stages[stage].children().Cast<Bottleneck>())
            {
                x = Block(graph, $"layer{stage + 1}.{number++}", x, block);
            }

            if (options.Stages)
            {
                graph.Output(graph.Node("Identity", ResNeXtMetadata.StageName(stage), [x]), null, ResNeXtArchitecture.OutputChannels(stage), null, null);
            }
        }

        Head(graph, x, module);
        if (options.ActivationMaps)
        {
            ActivationMaps(graph, x, module);
        }

        return graph.ToModel("ResNeXt.Training", Version, $"{metadata.Architecture}: RGB 0..255 [N,3,{size},{size}] to {module.Classes} classes", metadata.ToProperties());
    }

    private static string Normalize(OnnxGraph graph, string x, ImagePreprocessing preprocessing)
    {
        string mean = graph.Constant("mean", PixelNormalization.Scaled(preprocessing.Mean), 1, 3, 1, 1);
        string std = graph.Constant("std", PixelNormalization.Scaled(preprocessing.StandardDeviation), 1, 3, 1, 1);
        return graph.Node("Div", "normalized", [graph.Node("Sub", "centered", [x, mean]), std]);
    }

    private static string Block(OnnxGraph graph, string name, string x, Bottleneck block)
    {
        string y = Relu(graph, $"{name}.relu1", Convolution(graph, $"{name}.conv1", x, FoldedConvolution.Of(block.conv1, block.bn1)));
        y = Relu(graph, $"{name}.relu2", Convolution(graph, $"{name}.conv2", y, FoldedConvolution.Of(block.conv2, block.bn2)));
        y = Convolution(graph, $"{name}.conv3", y, FoldedConvolution.Of(block.conv3, block.bn3));
        if (block.Shortcut != ShortcutType.None)
        {
            y = graph.Node("Add", $"{name}.add", [y, Shortcut(graph, name, x, block)]);
        }

        return Relu(graph, $"{name}.out", y);
    }

    private static string Shortcut(OnnxGraph graph, string name, string x, Bottleneck block) => block switch
    {
        { downsample: Sequential projection } =>
            Convolution(graph, $"{name}.downsample", x, FoldedConvolution.Of((Conv2d)projection[0], (BatchNorm)projection[1])),
        { ChangesShape: true } => Convolution(graph, $"{name}.downsample", x, FoldedConvolution.ZeroPadding(block)),
        _ => x,
    };

    private static void Head(OnnxGraph graph, string x, ResNeXtModule module)
    {
        string pooled = graph.Node("GlobalAveragePool", "pooled", [x]);
        string features = graph.Node("Flatten", ResNeXtMetadata.FeaturesName, [pooled], OnnxGraph.Attribute("axis", 1));
        using DisposeScope scope = NewDisposeScope();
        Tensor weight = module.fc.weight!.detach().cpu();
        Tensor bias = module.fc.bias!.detach().cpu();
        string logits = graph.Node(
            "Gemm",
            ResNeXtMetadata.LogitsName,
            [features, graph.Constant(HeadWeight, weight.data<float>().ToArray(), weight.shape), graph.Constant("fc.bias", bias.data<float>().ToArray(), bias.shape)],
            OnnxGraph.Attribute("transB", 1));
        graph.Node("Softmax", ResNeXtMetadata.ProbabilitiesName, [logits], OnnxGraph.Attribute("axis", 1));
        graph.Output(ResNeXtMetadata.FeaturesName, null, module.Architecture.FeatureWidth);
        graph.Output(ResNeXtMetadata.LogitsName, null, module.Classes);
        graph.Output(ResNeXtMetadata.ProbabilitiesName, null, module.Classes);
    }

    /// <summary>The last layer at each place of the last maps, without the bias: its mean over the places is the logit less the bias.</summary>
    private static void ActivationMaps(OnnxGraph graph, string x, ResNeXtModule module)
    {
        string places = graph.Node("Transpose", "cam.places", [x], OnnxGraph.Attribute("perm", [0, 2, 3, 1])); // [N,h,w,C]
        string weight = graph.Node("Transpose", "cam.weight", [HeadWeight], OnnxGraph.Attribute("perm", [1, 0]));
        string seen = graph.Node("MatMul", "cam.seen", [places, weight]); // [N,h,w,classes]
        graph.Output(graph.Node("Transpose", ResNeXtMetadata.ActivationMapsName, [seen], OnnxGraph.Attribute("perm", [0, 3, 1, 2])), null, module.Classes, null, null);
    }

    internal static string Convolution(OnnxGraph graph, string name, string x, FoldedConvolution folded) => graph.Node(
        "Conv",
        name,
        [x, graph.Constant($"{name}.weight", folded.Weight, folded.Shape), graph.Constant($"{name}.bias", folded.Bias, folded.Bias.Length)],
        OnnxGraph.Attribute("kernel_shape", folded.Shape[2..]),
        OnnxGraph.Attribute("strides", [folded.Stride, folded.Stride]),
        OnnxGraph.Attribute("pads", [folded.Padding, folded.Padding, folded.Padding, folded.Padding]),
        OnnxGraph.Attribute("group", folded.Groups));

    private static string Relu(OnnxGraph graph, string name, string x) => graph.Node("Relu", name, [x]);
}
