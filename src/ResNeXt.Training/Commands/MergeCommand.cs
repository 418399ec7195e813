using System.CommandLine;

namespace ResNeXt.Training;

/// <summary><c>resnext merge</c>: proves that the parts of a job are all there, and makes one table of them.</summary>
internal static class MergeCommand
{
    public static Command Create(CommandContext context)
    {
        Option<string> input = CommandOptions.Required("--input", "DIR", "The parts that shards of featurize or evaluate wrote.");
        Option<string?> output = CommandOptions.Text("--output", "FILE.csv|.parquet", "The table of features to write.");
        var verify = new Option<bool>("--verify") { Description = "Only check that all parts are there and whole, and total them." };
        output.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is string path && !FeatureTable.IsKnown(path))
            {
                result.AddError($"Output '{path}' has an unknown format: expected a name that ends in .csv or .parquet.");
            }
        });
        var command = new Verb("merge", "Check the parts of a job and make one table of them.", "merge --input parts --output features.parquet") { input, output, verify };
        command.Validators.Add(result =>
        {
            if (result.GetResult(verify) is not null && result.GetResult(output) is not null)
            {
                result.AddError("--verify writes nothing: leave out --output.");
            }
        });
        command.SetAction(parse => Run(context, parse, parse.GetRequiredValue(input), parse.GetValue(output)));
        return command;
    }

    private static int Run(CommandContext context, ParseResult parse, string input, string? output)
    {
        var folder = PartFolder.Open(input);
        bool evaluation = folder.Job.Kind == PartKind.Evaluation;
        if (evaluation && output is not null)
        {
            throw new UsageException($"'{input}' holds parts of an evaluation, which has totals and no table: leave out --output.");
        }

        var display = new CountDisplay();
        var metrics = new MetricsAccumulator();
        long read = 0, count = 0;
        if (output is null)
        {
            foreach (FeatureRow _ in Rows())
            {
                // Reading is what checks them.
            }
        }
        else
        {
            FeatureTable.Write(output, folder.Job.Columns.Count, Rows());
        }

        long skipped = read - count;
        context.Print(
            parse,
            evaluation
                ? new { folder.Parts, metrics.Metrics.Count, metrics.Metrics.Top1, metrics.Metrics.Top5, metrics.Metrics.Loss, Skipped = skipped }
                : new { folder.Parts, Count = count, Width = folder.Job.Columns.Count, Skipped = skipped, Output = output },
            [FormattableString.Invariant($"{folder.Parts} parts, {count} images ({skipped} skipped)") + (evaluation ? FormattableString.Invariant($", top-1 {metrics.Metrics.Top1:P2}, top-5 {metrics.Metrics.Top5:P2}, loss {metrics.Metrics.Loss:F4}") : output is null ? "" : $": {output}")]);
        return 0;

        IEnumerable<FeatureRow> Rows()
        {
            foreach (PartRow row in folder.ReadAll())
            {
                context.Cancellation.ThrowIfCancellationRequested();
                display.Report(++read, folder.Rows);
                if (row.Error.Length > 0)
                {
                    continue;
                }

                count++;
                if (evaluation)
                {
                    metrics.Add(new ImageLoss((int)row.Values[0], row.Values[1]));
                }

                yield return new FeatureRow(row.Path, row.Values);
            }

            if (count == 0)
            {
                throw new InvalidDataException($"None of the {read} images of the parts in '{input}' could be read."); // while it is written: a table that is there stays
            }
        }
    }
}
