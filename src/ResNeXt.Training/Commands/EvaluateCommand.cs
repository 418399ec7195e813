using System.CommandLine;
using System.CommandLine.Parsing;

namespace ResNeXt.Training;

/// <summary><c>resnext evaluate</c>: how well a model does on a folder of labelled images, and what it gets wrong.</summary>
internal static class EvaluateCommand
{
    /// <summary>Classes in a row of the table of predictions.</summary>
    private const int Top = 5;

    /// <summary>With more classes than this the worst are printed; all are in the JSON.</summary>
    private const int MostClassesPrinted = 20;

    private const int WorstPrinted = 10;

    /// <summary>Confusions in the JSON, the most frequent first.</summary>
    private const int MostConfusions = 1000;

    private const int ConfusionsPrinted = 5;

    public static Command Create(CommandContext context)
    {
        Option<string> model = CommandOptions.Model();
        Option<string> data = CommandOptions.Required("--data", "DIR|FILE.parquet", "Images, a folder for each class, named as the model's labels; or a manifest of such a folder.");
        Option<string?> report = CommandOptions.Text("--report", "FILE.html", "Write a page: classes, confusions, the worst mistakes as pictures, calibration.");
        Option<string?> predictions = CommandOptions.Text("--predictions", "FILE.csv|.parquet|.jsonl", "Write what the model says of each image, beside its true class.");
        Option<string?> output = CommandOptions.Text("--output", "DIR", "With --shard: the folder of parts.");
        var shard = new ShardArguments();
        Option<ExecutionDevice> device = CommandOptions.Device();
        Option<bool> fastDecode = CommandOptions.FastDecode();
        Option<string?> tta = CommandOptions.OneOf("--tta", ["none", "flip", "tencrop"], "Average the probabilities of several views: the centre and its mirror image, or corners and centre of both (default none).");
        Option<bool> strict = CommandOptions.Strict(), escapeFormulas = CommandOptions.EscapeFormulas(predictions);
        var command = new Verb("evaluate", "Measure a model on a folder of labelled images.", "evaluate --model run/model.onnx --data photos/test", "evaluate --model run/model.onnx --data photos/test --report page.html --predictions answers.csv") { model, data, report, predictions, escapeFormulas, output, device, fastDecode, tta, strict };
        shard.AddTo(command);
        predictions.Validators.Add(PredictionTable.RequireKnown);
        report.Validators.Add(result => OutputPath.RequireExtension(result, ".html", ".htm"));
        command.Validators.Add(result =>
        {
            if (shard.IsGiven(result) && result.GetResult(output) is null)
            {
                result.AddError("--shard needs --output, the folder of parts.");
            }

            if (shard.IsGiven(result) && result.FirstGiven(report, predictions) is string other)
            {
                result.AddError($"{other} needs all images: leave out --shard.");
            }
        });
        command.SetAction(parse => new Run(context, parse)
        {
            ModelFile = parse.GetRequiredValue(model),
            Data = parse.GetRequiredValue(data),
            Report = parse.GetValue(report),
            Predictions = parse.GetValue(predictions),
            Part = parse.GetValue(output) is string folder ? (folder, shard.Read(parse) ?? throw new UsageException("--output needs --shard, or the environment of a scheduler.")) : null,
            Device = parse.GetValue(device)!,
            FastDecode = parse.GetValue(fastDecode),
            Views = parse.GetValue(tta) switch { "flip" => ImageViews.Flip, "tencrop" => ImageViews.TenCrop, _ => ImageViews.Center },
            Strict = parse.GetValue(strict),
            EscapesFormulas = parse.GetValue(escapeFormulas),
        }.Start());
        return command;
    }

    private sealed class Run(CommandContext context, ParseResult parse)
    {
        private readonly SkippedImages _skipped = new();

        public required string ModelFile { get; init; }

        public required string Data { get; init; }

        public required string? Report { get; init; }

        public required string? Predictions { get; init; }

        public required (string Folder, Shard Shard)? Part { get; init; }

        public required ExecutionDevice Device { get; init; }

        public required bool FastDecode { get; init; }

        public required ImageViews Views { get; init; }

        public required bool Strict { get; init; }

        public required bool EscapesFormulas { get; init; }

        public int Start()
        {
            OutputPath.RequireNew("--report", Report, ModelFile, Data);
            OutputPath.RequireNew("--predictions", Predictions, ModelFile, Data, Report);
            using ResNeXtModel model = ResNeXtModel.Load(ModelFile, Device);
            model.RequireClasses();
            var files = new FileTally();
            ImageList list = ImageList.OpenLabelled(Data, files);
            files.Report(CommandContext.Log, Strict);
            if (Part is not null)
            {
                var job = new ShardJob(Part.Value.Folder, Part.Value.Shard, list);
                PartInfo info = job.Describe(PartKind.Evaluation, model.Name, $"views {Views}, fast decoding {FastDecode}", PartKind.EvaluationColumns);
                return ShardRun.Run(context, parse, job, info, files, _skipped, Evaluator.Score(model, job.Images(), FastDecode, Views).Select(image => (image.Scored, (float[])[image.Loss.Rank, image.Loss.Loss])));
            }

            IReadOnlyList<string> labels = model.Metadata.Labels;
            var sum = new MetricsAccumulator();
            var confusion = new ConfusionMatrix(labels.Count);
            var said = new Predictions(labels.Count);
            var shown = new List<ListedImage>();
            IEnumerable<EvaluatedImage> rows = Rows(model, list, image =>
            {
                sum.Add(image.Loss);
                confusion.Add(image.Label, image.Predicted);
                if (Report is not null)
                {
                    said.Add(image.LogProbabilities, image.Label);
                    shown.Add(image.Image);
                }
            });
            if (Predictions is null)
            {
                foreach (EvaluatedImage _ in rows)
                {
                }
            }
            else
            {
                PredictionTable.Write(Predictions, Math.Min(Top, labels.Count), rows.Select(image => Answer(labels, image)), truth: true, EscapesFormulas);
            }

            ClassificationMetrics metrics = sum.Metrics;
            if (metrics.Count == 0)
            {
                throw new InvalidDataException($"None of the {_skipped.Count} images in '{Data}' could be read.");
            }

            if (Report is not null)
            {
                string name = $"{Path.GetFileNameWithoutExtension(model.Name)} on {Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(Data)))}";
                ClassificationReport page = new EvaluationReportBuilder(model, said, shown, FastDecode).Build(name, RunFacts.Of(model, Data, metrics.Count, _skipped.Count));
                AtomicFile.WriteText(Report, ReportPage.Render(page));
            }

            context.Print(
                parse,
                new
                {
                    metrics.Count,
                    metrics.Top1,
                    metrics.Top5,
                    metrics.Loss,
                    confusion.MacroF1,
                    PerClass = confusion.Scores.Select(score => new
                    {
                        Label = labels[score.Label],
                        Count = score.Support,
                        Precision = Finite(score.Precision),
                        Recall = Finite(score.Recall),
                        F1 = Finite(score.F1),
                    }),
                    Confusions = confusion.ConfusedPairs().Take(MostConfusions).Select(pair => new { Label = labels[pair.Label], Predicted = labels[pair.Predicted], pair.Count }),
                    Skipped = _skipped.Count,
                    SkippedImages = _skipped.Images,
                    Files = files,
                    Report,
                    Predictions,
                },
                Lines(labels, metrics, confusion));
            _skipped.Report(Strict);
            return 0;
        }

        /// <summary>A number that JSON has no word for is null there.</summary>
        private static double? Finite(double value) => double.IsFinite(value) ? value : null;

        private static Prediction Answer(IReadOnlyList<string> labels, EvaluatedImage image)
        {
            float[] probabilities = [.. image.LogProbabilities.Select(value => MathF.Exp(value))];
            return new Prediction(image.Image.Path, LabelProbability.Top(labels, probabilities, Top), image.Scored.Error?.Message) { Truth = labels[image.Label] };
        }

        private IEnumerable<EvaluatedImage> Rows(ResNeXtModel model, ImageList list, Action<EvaluatedImage> scored)
        {
            var display = new CountDisplay();
            long done = 0;
            foreach (EvaluatedImage image in Evaluator.Score(model, list, FastDecode, Views))
            {
                context.Cancellation.ThrowIfCancellationRequested();
                if (image.Scored.Error is null)
                {
                    scored(image);
                }
                else
                {
                    _skipped.Add(image.Scored);
                }

                display.Report(++done, list.Count);
                yield return image;
            }
        }

        private IEnumerable<string> Lines(IReadOnlyList<string> labels, ClassificationMetrics metrics, ConfusionMatrix confusion)
        {
            yield return FormattableString.Invariant($"images    {metrics.Count:N0} ({_skipped.Count:N0} skipped)");
            yield return FormattableString.Invariant($"top-1     {metrics.Top1:P2}");
            if (labels.Count > Top)
            {
                yield return FormattableString.Invariant($"top-5     {metrics.Top5:P2}");
            }

            yield return FormattableString.Invariant($"loss      {metrics.Loss:F4}");
            yield return FormattableString.Invariant($"macro F1  {confusion.MacroF1:P2}");
            yield return "";
            ClassScore[] scores = [.. confusion.Scores];
            if (scores.Length > MostClassesPrinted)
            {
                scores = [.. scores.Where(score => score.Support > 0).OrderBy(score => score.F1).Take(WorstPrinted)];
                yield return FormattableString.Invariant($"The worst {scores.Length} of {labels.Count} classes:");
            }

            yield return "images  precision   recall       F1  class";
            foreach (ClassScore score in scores)
            {
                yield return FormattableString.Invariant(
                    $"{score.Support,6:N0}  {ReportPage.Percent(score.Precision),9}  {ReportPage.Percent(score.Recall),7}  {ReportPage.Percent(score.F1),7}  {labels[score.Label]}");
            }

            IReadOnlyList<(int Label, int Predicted, int Count)> pairs = confusion.ConfusedPairs();
            if (pairs.Count > 0)
            {
                yield return "";
                yield return pairs.Count > ConfusionsPrinted ? FormattableString.Invariant($"The most frequent confusions, {ConfusionsPrinted} of {pairs.Count:N0}:") : "What was confused:";
                foreach ((int label, int predicted, int count) in pairs.Take(ConfusionsPrinted))
                {
                    yield return FormattableString.Invariant(
                        $"{count,6:N0}  {ReportPage.Percent((double)count / confusion.Support(label)),7} of '{labels[label]}' taken for '{labels[predicted]}'");
                }
            }

            foreach (string file in new[] { Report, Predictions }.OfType<string>())
            {
                yield return "";
                yield return $"Written: {file}";
            }
        }
    }
}
