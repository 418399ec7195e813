using System.CommandLine;

namespace ResNeXt.Training;

/// <summary><c>resnext evaluate</c>: how well a model does on a folder of labelled images.</summary>
internal static class EvaluateCommand
{
    public static Command Create(CommandContext context)
    {
        Option<string> model = CommandOptions.Model();
        Option<string> data = CommandOptions.Required("--data", "DIR|FILE.parquet", "Images, a folder for each class, named as the model's labels; or a manifest of such a folder.");
        Option<string?> output = CommandOptions.Text("--output", "DIR", "With --shard: the folder of parts.");
        var shard = new ShardArguments();
        Option<ExecutionDevice> device = CommandOptions.Device();
        Option<bool> fastDecode = CommandOptions.FastDecode();
        Option<string?> tta = CommandOptions.OneOf("--tta", ["none", "flip", "tencrop"], "Average the probabilities of several views: the centre and its mirror image, or corners and centre of both (default none).");
        Option<bool> strict = CommandOptions.Strict();
        var command = new Command("evaluate", "Measure a model on a folder of labelled images.") { model, data, output, device, fastDecode, tta, strict };
        shard.AddTo(command);
        command.Validators.Add(result =>
        {
            if (shard.IsGiven(result) && result.GetResult(output) is null)
            {
                result.AddError("--shard needs --output, the folder of parts.");
            }
        });
        command.SetAction(parse => Run(
            context,
            parse,
            parse.GetRequiredValue(model),
            parse.GetRequiredValue(data),
            parse.GetValue(output) is string folder ? (folder, shard.Read(parse) ?? throw new UsageException("--output needs --shard, or the environment of a scheduler.")) : null,
            parse.GetValue(device)!,
            parse.GetValue(fastDecode),
            parse.GetValue(tta) switch { "flip" => ImageViews.Flip, "tencrop" => ImageViews.TenCrop, _ => ImageViews.Center },
            parse.GetValue(strict)));
        return command;
    }

    private static int Run(CommandContext context, ParseResult parse, string modelFile, string directory, (string Folder, Shard Shard)? part, ExecutionDevice device, bool fastDecode, ImageViews views, bool strict)
    {
        using ResNeXtModel model = ResNeXtModel.Load(modelFile, device);
        model.RequireClasses();
        var skipped = new SkippedImages();
        var files = new FileTally();
        ImageList list = ImageList.OpenLabelled(directory, files);
        files.Report(CommandContext.Log, strict);
        if (part is not null)
        {
            var job = new ShardJob(part.Value.Folder, part.Value.Shard, list);
            PartInfo info = job.Describe(PartKind.Evaluation, model.Name, $"views {views}, fast decoding {fastDecode}", PartKind.EvaluationColumns);
            return ShardRun.Run(context, parse, job, info, files, skipped, Evaluator.Score(model, job.Images(), fastDecode, views).Select(pair => (pair.Image, (float[])[pair.Loss.Rank, pair.Loss.Loss])));
        }

        var display = new CountDisplay();
        ClassificationMetrics metrics = Evaluator.Evaluate(model, list, skipped.Add, (done, total) => display.Report(done, total), fastDecode, views, context.Cancellation);
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
                Files = files,
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
