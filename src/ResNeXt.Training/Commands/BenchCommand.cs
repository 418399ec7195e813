using System.CommandLine;

namespace ResNeXt.Training;

/// <summary><c>resnext bench</c>: what a model does on this machine, beside the same file in stock ML.NET.</summary>
internal static class BenchCommand
{
    private const int DefaultCount = 200;

    public static Command Create(CommandContext context)
    {
        Option<string> model = CommandOptions.Model();
        Option<string> input = CommandOptions.Required("--input", "DIR", "A folder of images, searched through.");
        Option<int?> count = CommandOptions.Integer("--count", "N", $"Images that are used, at least 16 (default {DefaultCount}, or all where there are fewer).", 16);
        Option<bool> strict = CommandOptions.Strict();
        var command = new Verb("bench", "Measure a model's speed on this machine, beside stock ML.NET.", "bench --model run/model.onnx --input photos") { model, input, count, strict };
        command.SetAction(parse => Run(context, parse, parse.GetRequiredValue(model), parse.GetRequiredValue(input), parse.GetValue(count) ?? DefaultCount, parse.GetValue(strict)));
        return command;
    }

    private static int Run(CommandContext context, ParseResult parse, string model, string input, int count, bool strict)
    {
        var files = new FileTally();
        string[] paths = [.. files.Files(input).Take(count)];
        files.Report(CommandContext.Log, strict);
        if (paths.Length < 16)
        {
            throw new InvalidDataException($"'{input}' holds {paths.Length} images: expected at least 16, a batch.");
        }

        BenchmarkResult result = new ScoringBenchmark(model, paths, (done, all) => CommandContext.Log($"round {done} of {all}"), context.Cancellation).Run();
        context.Print(
            parse,
            result,
            [
                FormattableString.Invariant($"folder to features, ML.NET   {result.ImagesPerSecond,8:F1} images/s"),
                FormattableString.Invariant($"the same file, stock ML.NET  {result.StockImagesPerSecond,8:F1} images/s   ratio {result.Ratio:F2}"),
                FormattableString.Invariant($"network alone                {result.ScoreOnlyImagesPerSecond,8:F1} images/s"),
                FormattableString.Invariant($"decoding alone, one core     {result.DecodeOnlyImagesPerSecond,8:F1} images/s   both together at best {result.LimitImagesPerSecond:F1}"),
                FormattableString.Invariant($"one image, PredictionEngine  {result.LatencyMsP50,8:F1} ms         99 % under {result.LatencyMsP99:F1} ms"),
                FormattableString.Invariant($"largest memory               {result.PeakMemoryMB,8:F0} MB"),
            ]);
        return 0;
    }
}
