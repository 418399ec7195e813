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
        Option<string> input = CommandOptions.Required("--input", "DIR_OR_LIST", "A folder of images, searched through, or a text file with a path on each line.");
        Option<string> output = CommandOptions.Required("--output", "FILE.csv|.parquet", "The table to write.");
        output.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is string path && !FeatureTable.IsKnown(path))
            {
                result.AddError($"Output '{path}' has an unknown format: expected a name that ends in .csv or .parquet.");
            }
        });
        var layer = new Option<string>("--layer")
        {
            HelpName = "features|c2..c5",
            Description = "features, or the mean of a stage's feature map (of a model exported with --stages).",
            DefaultValueFactory = _ => ResNeXtMetadata.FeaturesName,
        };
        layer.AcceptOnlyFromAmong(ResNeXtMetadata.FeaturesName, "c2", "c3", "c4", "c5");
        Option<ExecutionDevice> device = CommandOptions.Device();
        Option<bool> fastDecode = CommandOptions.FastDecode();
        var command = new Command("featurize", "Write the feature vectors of images to a table.") { model, input, output, layer, device, fastDecode };
        command.SetAction(parse => Run(
            context,
            parse,
            parse.GetRequiredValue(model),
            parse.GetRequiredValue(input),
            parse.GetRequiredValue(output),
            parse.GetValue(layer)!,
            parse.GetValue(device)!,
            parse.GetValue(fastDecode)));
        return command;
    }

    private static int Run(CommandContext context, ParseResult parse, string modelFile, string input, string output, string layer, ExecutionDevice device, bool fastDecode)
    {
        using ResNeXtModel model = ResNeXtModel.Load(modelFile, device);
        if (!model.HasOutput(layer))
        {
            throw new InvalidDataException($"'{modelFile}' has no output '{layer}': export it again with --stages.");
        }

        int width = model.Channels(layer);
        IReadOnlyList<string> paths = ReadInput(input);
        var skipped = new SkippedImages();
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
            },
            [FormattableString.Invariant($"{count} images x {width} features ({skipped.Count} skipped), {rate:F1} images/s: {output}")]);
        return 0;

        IEnumerable<FeatureRow> Rows()
        {
            foreach (ScoredImage image in new ImageScorer(model, [layer], BatchSize, model.Metadata.Preprocessing.Decoding(fastDecode)).Score(paths))
            {
                context.Cancellation.ThrowIfCancellationRequested();
                display.Report(count + skipped.Count + 1, paths.Count);
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

    private static IReadOnlyList<string> ReadInput(string input)
    {
        IReadOnlyList<string> paths = Directory.Exists(input) ? ImageFolder.Files(input)
            : ImageFolder.IsImage(input) ? [input]
            : File.Exists(input) ? [.. File.ReadLines(input).Select(line => line.Trim()).Where(line => line.Length > 0)]
            : throw new FileNotFoundException($"Input '{input}' does not exist: expected a folder of images, or a text file with a path on each line.");
        return paths.Count > 0 ? paths : throw new InvalidDataException($"Input '{input}' names no image.");
    }
}
