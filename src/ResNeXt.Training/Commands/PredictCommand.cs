using System.CommandLine;
using System.CommandLine.Parsing;

namespace ResNeXt.Training;

/// <summary><c>resnext predict</c>: the most probable classes of images, as lines or as a table, and images sorted into a folder for each class.</summary>
internal static class PredictCommand
{
    private const int BatchSize = 16;
    private const int DefaultTop = 5;

    public static Command Create(CommandContext context)
    {
        Option<string?> model = CommandOptions.Text("--model", "FILE.onnx|NAME", "The exported model, or the name of pulled weights.");
        Option<int?> top = CommandOptions.Integer("--top", "K", $"How many classes to name (default {DefaultTop}).", 1);
        var images = new Argument<string[]>("IMAGE") { Description = "Image files, folders of them, patterns (**/*.jpg), @list.txt, or - for standard input, with a path on each line.", Arity = ArgumentArity.ZeroOrMore };
        Option<string?> output = CommandOptions.Text("--output", "FILE.csv|.parquet|.jsonl", "Write the answers to a table instead.");
        Option<string?> copyTo = CommandOptions.Text("--copy-to", "DIR", "Copy each image into a folder of its class; the same line again goes on where it was stopped.");
        Option<string?> moveTo = CommandOptions.Text("--move-to", "DIR", "Move it there.");
        Option<double?> threshold = CommandOptions.Number("--threshold", "F", $"With --copy-to or --move-to: images whose best class is less probable go to {SortedFolder.Unsure} (default 0).");
        Option<string?> undo = CommandOptions.Text("--undo", "DIR", "Put back what was copied or moved there; alone.");
        var skipBad = new Option<bool>("--skip-bad") { Description = "Do not fail where images cannot be read." };
        Option<ExecutionDevice> device = CommandOptions.Device();
        Option<bool> fastDecode = CommandOptions.FastDecode(), strict = CommandOptions.Strict(), escapeFormulas = CommandOptions.EscapeFormulas(output);
        var command = new Verb("predict", "Name the most probable classes of images, or sort them.", "predict --model run/model.onnx photo.jpg", "predict --model run/model.onnx --output answers.csv photos", "predict --model run/model.onnx --copy-to sorted --threshold 0.7 photos", "predict --undo sorted") { model, top, output, escapeFormulas, copyTo, moveTo, threshold, undo, skipBad, device, fastDecode, strict, images };
        output.Validators.Add(PredictionTable.RequireKnown);
        command.Validators.Add(result =>
        {
            if (result.GetResult(undo) is not null)
            {
                if (result.FirstGiven(model, top, output, copyTo, moveTo, threshold, skipBad) is string other || result.GetValue(images) is [..] and not [])
                {
                    result.AddError("--undo stands alone: expected `predict --undo DIR`.");
                }

                return;
            }

            if (result.GetResult(model) is null)
            {
                result.AddError("Option '--model' is required.");
            }

            if (result.GetValue(images) is null or [])
            {
                result.AddError("Required argument missing: expected image files, folders, patterns, @list.txt, or - for standard input.");
            }

            if (result.GetValue(images)?.FirstOrDefault(image => image.StartsWith("--", StringComparison.Ordinal) && !Path.Exists(image)) is string option)
            {
                result.AddError($"Unrecognized option '{option}'.{Suggestion.Of(option, command.Options.Select(known => known.Name))}");
            }

            if (result.GetResult(copyTo) is not null && result.GetResult(moveTo) is not null)
            {
                result.AddError("--copy-to and --move-to exclude each other.");
            }

            if (result.GetResult(threshold) is not null && result.GetResult(copyTo) is null && result.GetResult(moveTo) is null)
            {
                result.AddError("--threshold is for --copy-to and --move-to.");
            }

            if (result.GetResult(threshold) is not null && result.GetValue(threshold) is not (>= 0 and <= 1))
            {
                result.AddError("--threshold is a probability: expected 0 to 1.");
            }
        });
        command.SetAction(parse => parse.GetValue(undo) is string folder ? Undo(context, parse, folder) : new Run(context, parse)
        {
            Model = parse.GetValue(model)!,
            Top = parse.GetValue(top) ?? DefaultTop,
            Inputs = parse.GetValue(images)!,
            Output = parse.GetValue(output),
            Folder = parse.GetValue(copyTo) ?? parse.GetValue(moveTo),
            Moves = parse.GetValue(moveTo) is not null,
            Threshold = parse.GetValue(threshold) ?? 0,
            SkipBad = parse.GetValue(skipBad),
            Strict = parse.GetValue(strict),
            EscapesFormulas = parse.GetValue(escapeFormulas),
            Device = parse.GetValue(device)!,
            FastDecode = parse.GetValue(fastDecode),
        }.Start());
        return command;
    }

    private static int Undo(CommandContext context, ParseResult parse, string folder)
    {
        (int returned, int removed, int left) = SortedFolder.Undo(folder, CommandContext.Log, context.Cancellation);
        context.Print(parse, new { Returned = returned, Removed = removed, Left = left }, [FormattableString.Invariant($"{returned:N0} photos are back, {removed:N0} copies are removed, {left:N0} stay.")]);
        return left == 0 ? 0 : throw new InvalidDataException(FormattableString.Invariant($"{left:N0} photos could not be put back; the lines above say why, and {folder} still knows them."));
    }

    private sealed class Run(CommandContext context, ParseResult parse)
    {
        private readonly CountDisplay _display = new();
        private int _count, _failed;
        private string? _error;

        public required string Model { get; init; }

        public required int Top { get; init; }

        public required string[] Inputs { get; init; }

        public required string? Output { get; init; }

        public required string? Folder { get; init; }

        public required bool Moves { get; init; }

        public required double Threshold { get; init; }

        public required bool SkipBad { get; init; }

        public required bool Strict { get; init; }

        public required bool EscapesFormulas { get; init; }

        public required ExecutionDevice Device { get; init; }

        public required bool FastDecode { get; init; }

        public int Start()
        {
            OutputPath.RequireNew("--output", Output, [Model, .. Inputs.Select(input => input.TrimStart('@'))]);
            var files = new FileTally();
            IEnumerable<string> photos = PhotoInputs.Of(Inputs, Console.In, files, Folder);
            files.Report(CommandContext.Log, Strict);
            using ResNeXtModel model = ResNeXtModel.Load(Model, Device);
            model.RequireClasses();
            using SortedFolder? sorted = Folder is null ? null : SortedFolder.Open(Folder, Moves, model.Metadata.Labels, CommandContext.Log);
            IEnumerable<Prediction> predictions = Predictions(model, photos, sorted);
            bool json = parse.GetValue(context.JsonOption);
            if (Output is not null)
            {
                PredictionTable.Write(Output, Math.Min(Top, model.Metadata.Labels.Count), predictions, escapeFormulas: EscapesFormulas);
                context.Print(
                    parse,
                    new { Count = _count, Failed = _failed, Output, Sorted = sorted?.Counts, Files = files },
                    [FormattableString.Invariant($"{_count:N0} images ({_failed:N0} failed), {_display.Rate(_count):F1} images/s: {Output}"), .. Summary(sorted)]);
            }
            else if (json)
            {
                Prediction[] all = [.. predictions];
                context.Print(parse, new { Predictions = all, Sorted = sorted?.Counts, Files = files }, []);
            }
            else
            {
                foreach (Prediction prediction in predictions.Where(_ => sorted is null))
                {
                    Console.Out.WriteLine(Line(prediction));
                }

                context.Print(parse, files, Summary(sorted));
            }

            if (_count == 0 && sorted is not { Before: > 0 })
            {
                throw new InvalidDataException($"'{string.Join("', '", Inputs)}' names no image.");
            }

            return _failed == 0 || SkipBad ? 0 : throw new InvalidDataException(
                _count == 1 ? _error! : FormattableString.Invariant($"{_failed:N0} of {_count:N0} images could not be read; --skip-bad accepts that. The first: {_error}"));
        }

        private IEnumerable<Prediction> Predictions(ResNeXtModel model, IEnumerable<string> photos, SortedFolder? sorted)
        {
            var scorer = new ImageScorer(model, [ResNeXtMetadata.ProbabilitiesName], BatchSize, model.Metadata.Preprocessing.Decoding(FastDecode));
            foreach (ScoredImage image in scorer.Score(photos.Where(photo => sorted?.Has(photo) is not true)))
            {
                context.Cancellation.ThrowIfCancellationRequested();
                _count++;
                IReadOnlyList<LabelProbability> labels = image.Error is null ? LabelProbability.Top(model.Metadata.Labels, image.Values[0], Top) : [];
                if (image.Error is not null)
                {
                    _failed++;
                    _error ??= image.Error.Message;
                    (Output is null && sorted is null ? null : (Action<string>)CommandContext.Log)?.Invoke($"skipped: {image.Error.Message}");
                }
                else
                {
                    sorted?.Add(image.Name, labels[0], Threshold);
                }

                if (Output is not null || sorted is not null)
                {
                    _display.Report(_count);
                }

                yield return new Prediction(image.Name, labels, image.Error?.Message);
            }
        }

        private IEnumerable<string> Summary(SortedFolder? sorted)
        {
            if (sorted is null)
            {
                yield break;
            }

            foreach ((string of, int count) in sorted.Counts)
            {
                yield return FormattableString.Invariant($"{count,9:N0}  {of}");
            }

            string before = sorted.Before > 0 ? FormattableString.Invariant($", {sorted.Before:N0} before") : "";
            yield return FormattableString.Invariant($"{sorted.Counts.Values.Sum():N0} photos {(Moves ? "moved" : "copied")}{before}, {_failed:N0} not read: {Folder}. predict --undo {Folder} puts them back.");
        }

        private static string Line(Prediction prediction) => PrintableText.Of(prediction.Path + "  " + (prediction.Error
            ?? string.Join("  ", prediction.Labels.Select(pair => FormattableString.Invariant($"{pair.Label} {pair.Probability:P1}")))));
    }
}
