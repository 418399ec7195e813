using System.CommandLine;

namespace ResNeXt.Training;

/// <summary><c>resnext evaluate</c>: how well a model does on a folder of labelled images.</summary>
internal static class EvaluateCommand
{
    public static Command Create(CommandContext context)
    {
        Option<string> model = CommandOptions.Model();
        Option<string> data = CommandOptions.Required("--data", "DIR", "Images, a folder for each class, named as the model's labels.");
        Option<ExecutionDevice> device = CommandOptions.Device();
        Option<bool> fastDecode = CommandOptions.FastDecode();
        Option<string?> tta = CommandOptions.OneOf("--tta", ["none", "flip", "tencrop"], "Average the probabilities of several views: the centre and its mirror image, or corners and centre of both (default none).");
        var command = new Command("evaluate", "Measure a model on a folder of labelled images.") { model, data, device, fastDecode, tta };
        command.SetAction(parse => Run(
            context,
            parse,
            parse.GetRequiredValue(model),
            parse.GetRequiredValue(data),
            parse.GetValue(device)!,
            parse.GetValue(fastDecode),
            parse.GetValue(tta) switch { "flip" => ImageViews.Flip, "tencrop" => ImageViews.TenCrop, _ => ImageViews.Center }));
        return command;
    }

    private static int Run(CommandContext context, ParseResult parse, string modelFile, string directory, ExecutionDevice device, bool fastDecode, ImageViews views)
    {
        using ResNeXtModel model = ResNeXtModel.Load(modelFile, device);
        var skipped = new SkippedImages();
        ClassificationMetrics metrics = Evaluator.Evaluate(
            model, ImageFolder.Enumerate(directory), skipped.Add, new CountDisplay().Report, context.Cancellation, fastDecode, views);
        if (metrics.Count == 0)
        {
            throw new InvalidDataException($"None of the {skipped.Count} images in '{directory}' could be read.");
        }

        context.Print(
            parse,
            new
            {
                metrics.Count,
                metrics.Top1,
                metrics.Top5,
                metrics.Loss,
                Skipped = skipped.Count,
                SkippedImages = skipped.Images,
            },
            [
                FormattableString.Invariant($"images    {metrics.Count} ({skipped.Count} skipped)"),
                FormattableString.Invariant($"top-1     {metrics.Top1:P2}"),
                FormattableString.Invariant($"top-5     {metrics.Top5:P2}"),
                FormattableString.Invariant($"loss      {metrics.Loss:F4}"),
            ]);
        return 0;
    }
}
