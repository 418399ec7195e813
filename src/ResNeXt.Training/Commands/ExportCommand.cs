using System.CommandLine;

namespace ResNeXt.Training;

/// <summary><c>resnext export</c>: weights become a model file.</summary>
internal static class ExportCommand
{
    public static Command Create(CommandContext context)
    {
        Option<string?> arch = CommandOptions.Architecture("Architecture (default: the one that the checkpoint names).");
        Option<string> weights = CommandOptions.Required("--weights", "FILE", "A .safetensors file.");
        Option<string> output = CommandOptions.Required("--output", "FILE.onnx", "The model to write.");
        Option<string?> labels = CommandOptions.Text("--labels", "FILE", "A text file with a class name on each line (default: the checkpoint's).");
        Option<int?> imageSize = CommandOptions.Integer("--image-size", "N", "Edge of the network's input in pixels.");
        Option<int?> resize = CommandOptions.Integer("--resize", "N", "Length that the shorter side is resized to, in pixels.");
        Option<string?> interpolation = CommandOptions.Text("--interpolation", "bilinear|bicubic", "The resize filter.");
        interpolation.AcceptOnlyFromAmong("bilinear", "bicubic");
        Option<string?> orientation = CommandOptions.Text("--orientation", "apply|ignore", "Whether photos are turned upright by their EXIF orientation.");
        orientation.AcceptOnlyFromAmong("apply", "ignore");
        var precision = new Option<string>("--precision") { HelpName = "fp32", Description = "Precision of the weights.", DefaultValueFactory = _ => "fp32" };
        precision.AcceptOnlyFromAmong("fp32");
        var mergeGroups = new Option<string>("--merge-groups") { HelpName = "none", Description = "Groups of the 3x3 convolutions stay as trained.", DefaultValueFactory = _ => "none" };
        mergeGroups.AcceptOnlyFromAmong("none");
        var stages = new Option<bool>("--stages") { Description = "Also give out the feature maps of the stages, c2, c3, ..." };
        var command = new Command("export", "Write weights as a self-describing ONNX model.") { arch, weights, output, labels, imageSize, resize, interpolation, orientation, precision, mergeGroups, stages };
        Option<string?> fit = CommandOptions.Text("--fit", "shorter|both", "Whether the shorter side is resized to that length, or both (squeezed into a square).");
        fit.AcceptOnlyFromAmong("shorter", "both");
        command.Options.Add(fit);
        command.SetAction(parse => Run(
            context,
            parse,
            parse.GetRequiredValue(weights),
            parse.GetValue(arch),
            parse.GetValue(labels),
            parse.GetRequiredValue(output),
            parse.GetValue(stages),
            preprocessing =>
            {
                preprocessing = preprocessing.Scaled(parse.GetValue(imageSize) ?? preprocessing.ImageSize);
                return preprocessing with
                {
                    ResizeSize = parse.GetValue(resize) ?? preprocessing.ResizeSize,
                    Fit = parse.GetValue(fit) switch
                    {
                        "both" => ImageFit.BothSides,
                        "shorter" => ImageFit.ShorterSide,
                        _ => preprocessing.Fit,
                    },
                    Interpolation = parse.GetValue(interpolation) switch
                    {
                        "bicubic" => ImageInterpolation.Bicubic,
                        "bilinear" => ImageInterpolation.Bilinear,
                        _ => preprocessing.Interpolation,
                    },
                    Orientation = parse.GetValue(orientation) switch
                    {
                        "apply" => ImageOrientation.Apply,
                        "ignore" => ImageOrientation.Ignore,
                        _ => preprocessing.Orientation,
                    },
                };
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
        bool stages,
        Func<ImagePreprocessing, ImagePreprocessing> adjust)
    {
        TorchLibrary.Load();
        CheckpointInfo? info = Checkpoint.TryReadInfo(weights);
        ResNeXtArchitecture architecture = ResNeXtArchitecture.Parse(
            CheckpointInfo.ArchitectureOf(info, weights, architectureName) ?? throw new UsageException($"'{weights}' does not say which network it is for: add --arch."));
        ImagePreprocessing preprocessing = Adjusted(info?.Preprocessing ?? OnnxExporter.DefaultPreprocessing(architecture), adjust);
        int classes = Checkpoint.ClassCount(weights);
        using var module = new ResNeXtModule(architecture, classes);
        Checkpoint.Load(weights, module);
        IReadOnlyList<string> labels = labelFile is not null ? ReadLabels(labelFile, classes)
            : info?.Labels ?? [.. Enumerable.Range(0, classes).Select(Number)];
        double error = OnnxExporter.Export(module, OnnxExporter.Describe(module, labels, preprocessing), output, stages);
        context.Print(
            parse,
            new { Output = output, Parameters = module.ParameterCount, MaxAbsError = error },
            [FormattableString.Invariant($"{output}: {architecture.Name}, {module.ParameterCount:N0} parameters, {classes} classes, largest error of a logit {error:G3}")]);
        return 0;
    }

    private static ImagePreprocessing Adjusted(ImagePreprocessing preprocessing, Func<ImagePreprocessing, ImagePreprocessing> adjust)
    {
        try
        {
            return adjust(preprocessing).Validated();
        }
        catch (ArgumentException exception)
        {
            throw new UsageException(exception.Message, exception);
        }
    }

    private static string Number(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static string[] ReadLabels(string file, int classes)
    {
        string[] labels = [.. File.ReadLines(file).Select(line => line.Trim()).Where(line => line.Length > 0)];
        return labels.GroupBy(label => label).FirstOrDefault(group => group.Count() > 1) is { Key: string twice }
            ? throw new InvalidDataException($"'{file}' holds the label '{twice}' more than once: expected a different name for each class.")
            : labels.Length == classes ? labels
            : throw new InvalidDataException($"'{file}' holds {labels.Length} labels; the network has {classes} classes: expected a line for each.");
    }
}
