using System.CommandLine;
using TorchSharp;

namespace ResNeXt.Training;

/// <summary><c>resnext export</c>: weights become a model file.</summary>
internal static class ExportCommand
{
    public static Command Create(CommandContext context)
    {
        Option<string?> arch = CommandOptions.Architecture("Architecture (default: what the file says, or its shapes tell).");
        Option<string> weights = CommandOptions.Required("--weights", "FILE", "A checkpoint, a .pth or .safetensors file in torchvision's names, or the name of pulled weights.");
        Option<string> output = CommandOptions.Required("--output", "FILE.onnx|.safetensors|.pth", "The model to write, or the weights for Python.");
        output.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is string path && !IsModel(path) && !IsWeights(path))
            {
                result.AddError($"Output '{path}' has an unknown format: expected a name that ends in .onnx, .safetensors or .pth.");
            }
        });
        Option<int?> classes = CommandOptions.Classes("Number of classes; another than the file's makes a new last layer (default: the file's).");
        Option<string?> labels = CommandOptions.Text("--labels", "FILE", "A text file with a class name on each line; another number than the file's makes a new last layer (default: the checkpoint's).");
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
        Option<string?> fit = CommandOptions.Text("--fit", "shorter|both", "Whether the shorter side is resized to that length, or both (squeezed into a square).");
        fit.AcceptOnlyFromAmong("shorter", "both");
        var command = new Command("export", "Write weights as a self-describing ONNX model, or as a file of weights.") { arch, weights, output, classes, labels, imageSize, resize, fit, interpolation, orientation, precision, mergeGroups, stages };
        command.Validators.Add(result =>
        {
            if (result.GetResult(stages) is not null && result.GetValue(output) is string path && IsWeights(path))
            {
                result.AddError($"--stages asks for outputs of a graph, and '{path}' is a file of weights: expected .onnx.");
            }
        });
        command.SetAction(parse => Run(
            context,
            parse,
            parse.GetRequiredValue(weights),
            parse.GetValue(arch),
            parse.GetValue(labels) is string file ? ReadLabels(file) : null,
            parse.GetValue(classes),
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
        string? architecture,
        string[]? labels,
        int? classes,
        string output,
        bool stages,
        Func<ImagePreprocessing, ImagePreprocessing> adjust)
    {
        if (labels is not null && classes is not null && labels.Length != classes)
        {
            throw new UsageException($"--classes is {classes}, but --labels holds {labels.Length} names: expected as many, or one of the two.");
        }

        TorchLibrary.Load();
        WeightsDescription source = WeightsDescription.Of(weights, architecture, CommandContext.Log);
        ImagePreprocessing preprocessing = UsageException.Guard(
            () => adjust(source.Preprocessing).Validated());
        int count = labels?.Length ?? classes ?? source.Classes
            ?? throw new UsageException($"'{weights}' {source.Head}: add --classes N or --labels FILE for a new one.");
        bool replaceHead = count != source.Classes;
        torch.manual_seed(0);
        using var module = new ResNeXtModule(source.Architecture, count);
        Checkpoint.Load(source.Path, module, replaceHead: replaceHead);
        if (replaceHead)
        {
            CommandContext.Log($"The last layer is new, random values for {count} classes: '{weights}' {source.Head}. Features are the file's; logits and probabilities mean nothing.");
        }

        labels ??= !replaceHead && source.Labels is not null ? [.. source.Labels] : [.. Enumerable.Range(0, count).Select(Number)];
        double? error = Write(output, module, labels, preprocessing, stages, source.Info);
        context.Print(
            parse,
            new { Output = output, Parameters = module.ParameterCount, MaxAbsError = error },
            [
                FormattableString.Invariant($"{output}: {source.Architecture.Name}, {module.ParameterCount:N0} parameters, {count} classes")
                    + (error is null ? "" : FormattableString.Invariant($", largest error of a logit {error:G3}")),
            ]);
        return 0;
    }

    /// <returns>The largest error of a logit; null for a file of weights, whose values are the module's own.</returns>
    private static double? Write(string output, ResNeXtModule module, string[] labels, ImagePreprocessing preprocessing, bool stages, CheckpointInfo? info)
    {
        if (IsModel(output))
        {
            return OnnxExporter.Export(module, OnnxExporter.Describe(module, labels, preprocessing), output, stages);
        }

        if (IsPth(output))
        {
            Checkpoint.SavePth(output, module);
            return null;
        }

        info ??= new CheckpointInfo { Architecture = "", Labels = [], Preprocessing = preprocessing, Epoch = 0, BestEpoch = 0, BestTop1 = -1 };
        Checkpoint.Save(output, info with { Architecture = module.Architecture.Name, Labels = labels, Preprocessing = preprocessing }, module);
        return null;
    }

    private static bool IsModel(string path) => path.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase);

    private static bool IsWeights(string path) => IsPth(path) || path.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase);

    private static bool IsPth(string path) => path.EndsWith(".pth", StringComparison.OrdinalIgnoreCase);

    private static string Number(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static string[] ReadLabels(string file)
    {
        string[] labels = [.. File.ReadLines(file).Select(line => line.Trim()).Where(line => line.Length > 0)];
        return labels.GroupBy(label => label).FirstOrDefault(group => group.Count() > 1) is { Key: string twice }
            ? throw new InvalidDataException($"'{file}' holds the label '{twice}' more than once: expected a different name for each class.")
            : labels.Length > 0 ? labels
            : throw new InvalidDataException($"'{file}' holds no label: expected a class name on each line.");
    }
}
