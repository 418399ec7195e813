using System.CommandLine;

namespace ResNeXt.Training;

/// <summary><c>resnext predict</c>: the most probable classes of images.</summary>
internal static class PredictCommand
{
    private const int BatchSize = 16;
    private const int DefaultTop = 5;

    public static Command Create(CommandContext context)
    {
        Option<string> model = CommandOptions.Model();
        Option<int?> top = CommandOptions.Integer("--top", "K", $"How many classes to name (default {DefaultTop}).", 1);
        var images = new Argument<string[]>("IMAGE") { Description = "Image files.", Arity = ArgumentArity.OneOrMore };
        Option<ExecutionDevice> device = CommandOptions.Device();
        Option<bool> fastDecode = CommandOptions.FastDecode();
        var command = new Command("predict", "Name the most probable classes of images.") { model, top, device, fastDecode, images };
        command.SetAction(parse => Run(
            context, parse, parse.GetRequiredValue(model), parse.GetValue(top) ?? DefaultTop, parse.GetRequiredValue(images), parse.GetValue(device)!, parse.GetValue(fastDecode)));
        return command;
    }

    private static int Run(CommandContext context, ParseResult parse, string modelFile, int top, string[] paths, ExecutionDevice device, bool fastDecode)
    {
        using ResNeXtModel model = ResNeXtModel.Load(modelFile, device);
        model.RequireClasses();
        var predictions = new List<Prediction>();
        foreach (ScoredImage image in new ImageScorer(model, [ResNeXtMetadata.ProbabilitiesName], BatchSize, model.Metadata.Preprocessing.Decoding(fastDecode)).Score(paths))
        {
            context.Cancellation.ThrowIfCancellationRequested();
            predictions.Add(new Prediction(image.Name, image.Error is null ? LabelProbability.Top(model.Metadata.Labels, image.Values[0], top) : [], image.Error?.Message));
        }

        context.Print(parse, new { Predictions = predictions }, predictions.Select(Line));
        return predictions.Any(prediction => prediction.Error is null)
            ? 0
            : throw new InvalidDataException(predictions.Count == 1 ? predictions[0].Error : $"None of the {predictions.Count} images could be read.");
    }

    private static string Line(Prediction prediction) => prediction.Path + "  " + (prediction.Error
        ?? string.Join("  ", prediction.Labels.Select(pair => FormattableString.Invariant($"{pair.Label} {pair.Probability:P1}"))));

    private sealed record Prediction(string Path, IReadOnlyList<LabelProbability> Labels, string? Error);
}
