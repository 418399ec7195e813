using System.CommandLine;

namespace ResNeXt.Training;

/// <summary><c>resnext train --find-lr</c>: a learning rate for a run, with the sweep that it comes from.</summary>
internal static class LearningRateReport
{
    public static int Run(CommandContext context, ParseResult parse, TrainOptions options)
    {
        string csv = Path.Combine(options.Out, "lr-finder.csv"), svg = Path.ChangeExtension(csv, ".svg");
        WritableFolder.Prove(options.Out);
        LearningRateSweep sweep = UsageException.Guard(() => new LearningRateFinder(options, Report, CommandContext.Log)).Run(context.Cancellation);
        AtomicFile.WriteText(csv, LearningRatePlot.ToCsv(sweep));
        AtomicFile.WriteText(svg, LearningRatePlot.ToSvg(sweep));
        context.Print(
            parse,
            new { sweep.Suggestion, Table = csv, Plot = svg, sweep.Points },
            [
                "learning rate        loss",
                .. sweep.Points.Where((_, i) => i % 5 == 0).Select(point => FormattableString.Invariant($"{point.LearningRate,13:G3}{point.SmoothedLoss,12:F4}")),
                "",
                sweep.Suggestion is double rate
                    ? FormattableString.Invariant($"suggestion           --lr {rate:G2}")
                    : "suggestion           none: the loss never fell; look at the data and the labels",
                $"plot                 {svg}",
            ]);
        return 0;
    }

    private static void Report(int done, int total)
    {
        if (done % 20 == 0)
        {
            CommandContext.Log($"{done} of {total} updates");
        }
    }
}
