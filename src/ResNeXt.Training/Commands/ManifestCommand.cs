using System.CommandLine;

namespace ResNeXt.Training;

/// <summary><c>resnext manifest</c>: freezes a list of images, so that many machines work through the same one.</summary>
internal static class ManifestCommand
{
    public static Command Create(CommandContext context)
    {
        Option<string> input = CommandOptions.Required("--input", "DIR_OR_LIST", "A folder of images, searched through, or a text file with a path on each line.");
        Option<string> output = CommandOptions.Required("--output", "FILE.parquet", "The manifest to write.");
        output.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is string path && !Manifest.IsManifest(path))
            {
                result.AddError($"Output '{path}' has an unknown format: expected a name that ends in .parquet.");
            }
        });
        Option<bool> strict = CommandOptions.Strict();
        var command = new Verb("manifest", "Freeze a list of images for scoring in shards: paths, sizes, a hash.", "manifest --input photos --output photos.parquet") { input, output, strict };
        command.SetAction(parse => Run(context, parse, parse.GetRequiredValue(input), parse.GetRequiredValue(output), parse.GetValue(strict)));
        return command;
    }

    private static int Run(CommandContext context, ParseResult parse, string input, string output, bool strict)
    {
        var files = new FileTally();
        IEnumerable<ListedImage> images = ImageList.Enumerate(input, files);
        files.Report(CommandContext.Log, strict);
        ImageList list = Manifest.Write(output, Measured());
        string hash = list.Hash;
        context.Print(parse, new { list.Count, Hash = hash, Output = output, Files = files }, [FormattableString.Invariant($"{list.Count} images, hash {hash}: {output}")]);
        return 0;

        IEnumerable<ListedImage> Measured()
        {
            var display = new CountDisplay();
            int count = 0;
            foreach (ListedImage image in images)
            {
                context.Cancellation.ThrowIfCancellationRequested();
                display.Report(++count);
                var file = new FileInfo(image.Path);
                yield return image with { Path = Path.GetFullPath(image.Path), Size = file.Exists ? file.Length : -1 };
            }

            if (count == 0)
            {
                throw new InvalidDataException($"Input '{input}' names no image."); // while it is written: a manifest that is there stays
            }
        }
    }
}
