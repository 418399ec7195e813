using System.CommandLine;
using System.Numerics.Tensors;

namespace ResNeXt.Training;

/// <summary><c>resnext featurize</c>: the feature vector of each image, into a table.</summary>
internal static class FeaturizeCommand
{
    private const int BatchSize = 32;

    public static Command Create(CommandContext context)
    {
        Option<string> model = CommandOptions.Model();
        Option<string> input = CommandOptions.Required("--input", "DIR_OR_LIST", "A folder of images, searched through, a text file with a path on each line, or a manifest.");
        Option<string> output = CommandOptions.Required("--output", "FILE.csv|.parquet|DIR", "The table to write; with --shard the folder of parts.");
        var shard = new ShardArguments();
        var layer = new Option<string>("--layer")
        {
            HelpName = "features|c2..c5",
            Description = "features, or the mean of a stage's feature map (of a model exported with --stages).",
            DefaultValueFactory = _ => ResNeXtMetadata.FeaturesName,
        };
        layer.AcceptOnlyFromAmong(ResNeXtMetadata.FeaturesName, "c2", "c3", "c4", "c5");
        Option<ExecutionDevice> device = CommandOptions.Device();
        Option<bool> fastDecode = CommandOptions.FastDecode();
        Option<bool> strict = CommandOptions.Strict();
        var command = new Verb("featurize", "Write the feature vectors of images to a table.", "featurize --model run/model.onnx --input photos --output features.csv") { model, input, output, layer, device, fastDecode, strict };
        shard.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.TextOf(output) is string path && shard.IsGiven(result) == FeatureTable.IsKnown(path) && (FeatureTable.IsKnown(path) || Path.HasExtension(path)))
            {
                result.AddError(shard.IsGiven(result)
                    ? $"Output '{path}' is a file: with --shard it is the folder of parts, of which `resnext merge` makes one."
                    : $"Output '{path}' has an unknown format: expected a name that ends in .csv or .parquet.");
            }
        });
        command.SetAction(parse => Run(
            context,
            parse,
            parse.GetRequiredValue(model),
            parse.GetRequiredValue(input),
            parse.GetRequiredValue(output),
            shard,
            parse.GetValue(layer)!,
            parse.GetValue(device)!,
            parse.GetValue(fastDecode),
            parse.GetValue(strict)));
        return command;
    }

    private static int Run(CommandContext context, ParseResult parse, string modelFile, string input, string output, ShardArguments shards, string layer, ExecutionDevice device, bool fastDecode, bool strict)
    {
        OutputPath.RequireNew("--output", output, modelFile, input);
        using ResNeXtModel model = ResNeXtModel.Load(modelFile, device);
        if (!model.HasOutput(layer))
        {
            throw new InvalidDataException($"'{modelFile}' has no output '{layer}': {(model.HasOutput(ResNeXtMetadata.StageName(0)) ? "its network has fewer stages" : "export it again with --stages")}.");
        }

        int width = model.Channels(layer);
        var files = new FileTally();
        var list = ImageList.Open(input, files);
        files.Report(CommandContext.Log, strict);
        var skipped = new SkippedImages();
        if (!FeatureTable.IsKnown(output))
        {
            Shard shard = shards.Read(parse) ?? throw new UsageException($"Output '{output}' is no file: expected a name that ends in .csv or .parquet, or --shard, or the environment of a scheduler.");
            var job = new ShardJob(output, shard, list);
            PartInfo info = job.Describe(PartKind.Features, model.Name, $"layer {layer}, fast decoding {fastDecode}", [.. Enumerable.Range(0, width).Select(FeatureTable.ColumnName)]);
            return ShardRun.Run(context, parse, job, info, files, skipped, Scored(job.Images()).Select(image => (image, image.Error is null ? Pooled(image.Values[0], width) : [])));
        }

        var display = new CountDisplay();
        int count = 0;
        FeatureTable.Write(output, width, Rows());
        double rate = display.Rate(count);
        context.Print(
            parse,
            new
            {
                Count = count,
                Width = width,
                Skipped = skipped.Count,
                ImagesPerSecond = rate,
                SkippedImages = skipped.Images,
                Files = files,
            },
            [FormattableString.Invariant($"{count} images x {width} features ({skipped.Count} skipped), {rate:F1} images/s: {output}")]);
        skipped.Report(strict);
        return 0;

        IEnumerable<ScoredImage> Scored(IEnumerable<ListedImage> images) =>
            new ImageScorer(model, [layer], BatchSize, model.Metadata.Preprocessing.Decoding(fastDecode)).Score(images.Select(image => image.Source));

        IEnumerable<FeatureRow> Rows()
        {
            foreach (ScoredImage image in Scored(list.Read(0, list.Count)))
            {
                context.Cancellation.ThrowIfCancellationRequested();
                display.Report(count + skipped.Count + 1, list.Count);
                if (image.Error is not null)
                {
                    skipped.Add(image);
                    continue;
                }

                count++;
                yield return new FeatureRow(image.Name, Pooled(image.Values[0], width));
            }

            if (count == 0)
            {
                throw new InvalidDataException($"None of the {skipped.Count} images of '{input}' could be read.");
            }
        }
    }

    /// <summary>The mean of each channel: <c>[C, H, W] -> [C]</c>. A vector stays as it is.</summary>
    private static float[] Pooled(float[] map, int channels)
    {
        int plane = map.Length / channels;
        return plane == 1 ? map : [.. Enumerable.Range(0, channels).Select(channel => TensorPrimitives.Sum(map.AsSpan(channel * plane, plane)) / plane)];
    }
}
