using System.CommandLine;

namespace ResNeXt.Training;

/// <summary><c>resnext export</c>: weights become a model file.</summary>
internal static class ExportCommand
{
    public static Command Create(CommandContext context)
    {
        Option<string?> arch = CommandOptions.Text("--arch", "NAME", "Architecture (default: the one that the checkpoint names).");
        Option<string> weights = CommandOptions.Required("--weights", "FILE", "A .safetensors file.");
        Option<string> output = CommandOptions.Required("--output", "FILE.onnx", "The model to write.");
        Option<string?> labels = CommandOptions.Text("--labels", "FILE", "A text file with a class name on each line (default: the checkpoint's).");
        Option<int?> imageSize = CommandOptions.Integer("--image-size", "N", "Edge of the network's input in pixels.");
        Option<int?> resize = CommandOptions.Integer("--resize", "N", "Length that the shorter side is resized to, in pixels.");
        Option<string?> interpolation = CommandOptions.Text("--interpolation", "bilinear|bicubic", "The resize filter.");
        interpolation.AcceptOnlyFromAmong("bilinear", "bicubic");
        var command = new Command("export", "Write weights as a self-describing ONNX model.") { arch, weights, output, labels, imageSize, resize, interpolation };
        command.SetAction(parse => Run(
            context,
            parse,
            parse.GetRequiredValue(weights),
            parse.GetValue(arch),
            parse.GetValue(labels),
            parse.GetRequiredValue(output),
            preprocessing => preprocessing with
            {
                ImageSize = parse.GetValue(imageSize) ?? preprocessing.ImageSize,
                ResizeSize = parse.GetValue(resize)
                    ?? (parse.GetValue(imageSize) is int size ? (int)((long)preprocessing.ResizeSize * size / preprocessing.ImageSize) : preprocessing.ResizeSize),
                Interpolation = parse.GetValue(interpolation) switch
                {
                    "bicubic" => ImageInterpolation.Bicubic,
                    "bilinear" => ImageInterpolation.Bilinear,
                    _ => preprocessing.Interpolation,
                },
            }));
        return command;
    }

    private static int Run(
        CommandContext context,
        ParseResult parse,
        string weights,
        string? architectureName,
        string? labelFile,
        string output,
        Func<ImagePreprocessing, ImagePreprocessing> adjust)
    {
        TorchLibrary.Load();
        CheckpointInfo? info = Checkpoint.TryReadInfo(weights);
        if (architectureName is not null && info is not null && info.Architecture != architectureName)
        {
            throw new ArgumentException($"Architecture '{architectureName}' is asked for, but '{weights}' holds '{info.Architecture}'.");
        }

        ResNeXtArchitecture architecture = ResNeXtArchitecture.Parse(
            architectureName ?? info?.Architecture ?? throw new ArgumentException($"'{weights}' does not say which network it is for: add --arch."));
        ImagePreprocessing preprocessing = adjust(info?.Preprocessing ?? OnnxExporter.DefaultPreprocessing(architecture, imageSize: null)).Validated();
        int classes = Checkpoint.ClassCount(weights);
        using var module = new ResNeXtModule(architecture, classes);
        Checkpoint.Load(weights, module);
        IReadOnlyList<string> labels = labelFile is not null ? ReadLabels(labelFile, classes)
            : info?.Labels ?? [.. Enumerable.Range(0, classes).Select(Number)];
        double error = OnnxExporter.Export(module, OnnxExporter.Describe(module, labels, preprocessing), output);
        context.Print(
            parse,
            new { Output = output, Parameters = module.ParameterCount, MaxAbsError = error },
            [FormattableString.Invariant($"{output}: {architecture.Name}, {module.ParameterCount:N0} parameters, {classes} classes, largest error of a logit {error:G3}")]);
        return 0;
    }

    private static string Number(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static string[] ReadLabels(string file, int classes)
    {
        string[] labels = [.. File.ReadLines(file).Select(line => line.Trim()).Where(line => line.Length > 0)];
        return labels.Length == classes
            ? labels
            : throw new InvalidDataException($"'{file}' holds {labels.Length} labels; the network has {classes} classes: expected a line for each.");
    }
}
