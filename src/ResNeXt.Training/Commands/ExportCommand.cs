using System.CommandLine;
using System.Text;
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
        Option<int?> classes = CommandOptions.Classes("Number of classes; another than the file's makes a new last layer of random values (default: the file's).");
        Option<string?> labels = CommandOptions.Text("--labels", "FILE", "A text file with a class name on each line, as many as there are classes (default: the checkpoint's).");
        Option<string[]> ignore = new("--ignore") { HelpName = "PATTERN...", Description = "Tensors that are not read: \"criterion.*\".", AllowMultipleArgumentsPerToken = true };
        var preprocessing = new PreprocessingArguments();
        var graph = new GraphArguments();
        var command = new Verb("export", "Write weights as a self-describing ONNX model, or as a file of weights.", "export --weights run/best.safetensors --output model.onnx", "export --weights run/best.safetensors --precision int8 --calibration photos/train --output small.onnx") { arch, weights, output, classes, labels, ignore };
        preprocessing.AddTo(command);
        graph.AddTo(command);
        command.Validators.Add(result =>
        {
            string path = result.TextOf(output) ?? "";
            if (IsWeights(path) && graph.Given(result) is string given)
            {
                result.AddError($"{given} is about a graph, and '{path}' is a file of weights: expected .onnx.");
            }

            if (IsPth(path) && preprocessing.Given(result) is string lost)
            {
                result.AddError($"{lost} has no place in '{path}': expected .onnx or .safetensors, which keep it.");
            }
        });
        command.SetAction(parse => Run(
            context,
            parse,
            parse.GetRequiredValue(weights),
            parse.GetValue(arch),
            parse.GetValue(labels) is string file ? ReadLabels(file) : null,
            parse.GetValue(classes),
            parse.GetValue(ignore) ?? [],
            parse.GetRequiredValue(output),
            graph.Read(parse),
            defaults => preprocessing.Apply(parse, defaults)));
        return command;
    }

    private static int Run(
        CommandContext context,
        ParseResult parse,
        string weights,
        string? architecture,
        string[]? labels,
        int? classes,
        string[] ignore,
        string output,
        ExportOptions options,
        Func<ImagePreprocessing, ImagePreprocessing> adjust)
    {
        if (labels is not null && classes is not null && labels.Length != classes)
        {
            throw new UsageException($"--classes is {classes}, but --labels holds {labels.Length} names: expected as many, or one of the two.");
        }

        TorchLibrary.Load();
        WeightsDescription source = WeightsDescription.Of(weights, architecture, CommandContext.Log, ignore: ignore);
        ImagePreprocessing preprocessing = adjust(source.Preprocessing);
        int count = classes ?? source.Classes ?? throw new UsageException($"'{weights}' {source.Head}: --classes N makes a new one.");
        bool replaceHead = count != source.Classes, isBinary = !replaceHead && count == 1 && source.Info is null;
        int named = isBinary ? 2 : count;
        if (labels is not null && labels.Length != named)
        {
            throw new UsageException($"--labels holds {labels.Length} names, and the last layer of '{weights}' is for {named} classes: expected as many. --classes {labels.Length} makes a new one.");
        }

        string[] dropped = replaceHead ? [.. source.HeadTensors] : [];
        torch.manual_seed(0);
        using var loaded = new ResNeXtModule(source.Architecture, count);
        Checkpoint.Load(source.Path, loaded, except: replaceHead ? Checkpoint.IsHead : null, ignore: ignore);
        if (replaceHead)
        {
            string what = dropped.Length == 0 ? "" : $" Dropped: {string.Join(", ", dropped)}.";
            CommandContext.Log($"The last layer is new, random values for {count} classes: '{weights}' {source.Head}. Features are the file's; logits and probabilities mean nothing.{what}");
        }

        using ResNeXtModule? two = isBinary ? loaded.WithTwoClasses() : null;
        ResNeXtModule module = two ?? loaded;
        if (isBinary)
        {
            CommandContext.Log($"The last layer of '{weights}' has one logit, so it is for a sigmoid: it becomes two classes of the same probabilities{(labels is null ? ", 0 and 1; --labels names them" : "")}.");
        }

        count = named;

        labels ??= !replaceHead && source.Labels is not null ? [.. source.Labels] : [.. Enumerable.Range(0, count).Select(Number)];
        ExportResult? exported = null;
        if (IsModel(output))
        {
            exported = OnnxExporter.Export(module, OnnxExporter.Describe(module, labels, preprocessing), output, options, CommandContext.Log, context.Cancellation);
        }
        else
        {
            SaveWeights(output, module, labels, preprocessing, source.Info);
        }

        QuantizationReport? report = exported?.Quantization;
        context.Print(
            parse,
            new
            {
                Output = output,
                Parameters = module.ParameterCount,
                exported?.MaxAbsError, // null for a file of weights, whose values are the module's own
                Bytes = new FileInfo(output).Length,
                NewHead = replaceHead,
                Dropped = dropped,
                Quantization = report is null ? null : new { report.Method, report.CalibrationImages, report.Skipped, report.Overall, Report = QuantizationReport.PathOf(output) },
            },
            [
                FormattableString.Invariant($"{output}: {source.Architecture.Name}, {module.ParameterCount:N0} parameters, {count} classes, {new FileInfo(output).Length / 1e6:F1} MB")
                    + (exported is null ? "" : FormattableString.Invariant($", largest error of a logit {exported.MaxAbsError:G3}")),
                .. report is null ? (string[])[] :
                [
                    FormattableString.Invariant($"int8 against fp32 on {report.Overall.Images} images held back: same class {report.Overall.Top1Agreement:P1}, cosine of features {report.Overall.MeanCosine:F4} (least {report.Overall.MinCosine:F4})"),
                    FormattableString.Invariant($"ranges by {report.Method} from {report.CalibrationImages} images ({report.Skipped} skipped); every layer: {QuantizationReport.PathOf(output)}"),
                ],
            ]);
        return 0;
    }

    private static void SaveWeights(string output, ResNeXtModule module, string[] labels, ImagePreprocessing preprocessing, CheckpointInfo? info)
    {
        if (IsPth(output))
        {
            Checkpoint.SavePth(output, module);
            return;
        }

        info ??= new CheckpointInfo { Architecture = "", Labels = [], Preprocessing = preprocessing, Epoch = 0, BestEpoch = 0, BestTop1 = -1 };
        Checkpoint.Save(output, info with { Architecture = module.Architecture.Name, Labels = labels, Preprocessing = preprocessing }, module);
    }

    private static bool IsModel(string path) => path.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase);

    private static bool IsWeights(string path) => IsPth(path) || path.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase);

    private static bool IsPth(string path) => path.EndsWith(".pth", StringComparison.OrdinalIgnoreCase);

    private static string Number(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static string[] ReadLabels(string file)
    {
        string[] labels;
        try
        {
            labels = [.. File.ReadLines(file, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true)).Select(line => ComposedText.Of(line.Trim())).Where(line => line.Length > 0)];
        }
        catch (DecoderFallbackException exception)
        {
            throw new InvalidDataException($"'{file}' is not UTF-8: save it as UTF-8, or its names would be broken.", exception);
        }

        return labels.GroupBy(label => label).FirstOrDefault(group => group.Count() > 1) is { Key: string twice }
            ? throw new InvalidDataException($"'{file}' holds the label '{twice}' more than once: expected a different name for each class.")
            : labels.Length > 0 ? labels
            : throw new InvalidDataException($"'{file}' holds no label: expected a class name on each line.");
    }
}
