using System.CommandLine;

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
        Option<ExecutionDevice> device = CommandOptions.Device();
        var command = new Command("featurize", "Write the feature vectors of images to a table.") { model, input, output, device };
        command.SetAction(parse => Run(
            context, parse, parse.GetRequiredValue(model), parse.GetRequiredValue(input), parse.GetRequiredValue(output), parse.GetValue(device)!));
        return command;
    }

    private static int Run(CommandContext context, ParseResult parse, string modelFile, string input, string output, ExecutionDevice device)
    {
        FeatureTable.RequireFormat(output);
        using ResNeXtModel model = ResNeXtModel.Load(modelFile, device);
        IReadOnlyList<string> paths = ReadInput(input);
        var skipped = new List<ScoredImage>();
        var display = new CountDisplay();
        int count = 0;
        FeatureTable.Write(output, model.Metadata.FeatureWidth, Rows());
        double rate = display.Rate(count);
        context.Print(
            parse,
            new
            {
                Count = count,
                Width = model.Metadata.FeatureWidth,
                Skipped = skipped.Count,
                ImagesPerSecond = rate,
                SkippedImages = skipped.Select(image => new { Path = image.Name, Error = image.Error!.Message }),
            },
            [FormattableString.Invariant($"{count} images x {model.Metadata.FeatureWidth} features ({skipped.Count} skipped), {rate:F1} images/s: {output}")]);
        return 0;

        IEnumerable<FeatureRow> Rows()
        {
            foreach (ScoredImage image in new ImageScorer(model, [ResNeXtMetadata.FeaturesName], BatchSize).Score(paths))
            {
                context.Cancellation.ThrowIfCancellationRequested();
                display.Report(count + skipped.Count + 1, paths.Count);
                if (image.Error is not null)
                {
                    skipped.Add(image);
                    CountDisplay.Skip(image);
                    continue;
                }

                count++;
                yield return new FeatureRow(image.Name, image.Values[0]);
            }

            if (count == 0)
            {
                throw new InvalidDataException($"None of the {skipped.Count} images of '{input}' could be read.");
            }
        }
    }

    private static IReadOnlyList<string> ReadInput(string input)
    {
        IReadOnlyList<string> paths = Directory.Exists(input) ? ImageFolder.Files(input)
            : File.Exists(input) ? [.. File.ReadLines(input).Select(line => line.Trim()).Where(line => line.Length > 0)]
            : throw new FileNotFoundException($"Input '{input}' does not exist: expected a folder of images, or a text file with a path on each line.");
        return paths.Count > 0 ? paths : throw new InvalidDataException($"Input '{input}' names no image.");
    }
}
