using System.Diagnostics;
using Spectre.Console;

namespace ResNeXt.Training;

/// <summary>How a training run looks on standard error: a live bar for people at a terminal, quiet lines elsewhere.</summary>
internal static class TrainDisplay
{
    private static readonly TimeSpan QuietInterval = TimeSpan.FromSeconds(30);

    /// <param name="train">Runs the training; told where its progress and its notes go.</param>
    public static TrainResult Show(Func<Action<TrainProgress>, Action<string>, TrainResult> train) =>
        Console.IsErrorRedirected ? train(Lines(), CommandContext.Log) : Bar(train);

    private static Action<TrainProgress> Lines()
    {
        var sinceLine = Stopwatch.StartNew();
        var timeLeft = new TimeLeft();
        return state =>
        {
            TimeSpan? left = timeLeft.After(state);
            if (state.Metrics is not null || sinceLine.Elapsed > QuietInterval)
            {
                CommandContext.Log(Describe(state, left));
                sinceLine.Restart();
            }
        };
    }

    private static TrainResult Bar(Func<Action<TrainProgress>, Action<string>, TrainResult> train)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return console.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn())
            .Start(context =>
            {
                ProgressTask task = context.AddTask("starting");
                var timeLeft = new TimeLeft();
                return train(Show, note => console.MarkupLineInterpolated($"{PrintableText.Of(note, kept: "\n\t")}"));

                void Show(TrainProgress state)
                {
                    task.MaxValue = (double)state.Epochs * state.Steps;
                    task.Value = ((state.Epoch - 1.0) * state.Steps) + state.Step;
                    string line = Describe(state, timeLeft.After(state));
                    task.Description = Markup.Escape(line);
                    if (state.Metrics is not null)
                    {
                        console.MarkupLineInterpolated($"{line}");
                    }
                }
            });
    }

    private static string Describe(TrainProgress state, TimeSpan? timeLeft)
    {
        string left = timeLeft is TimeSpan time ? FormattableString.Invariant($", {(int)time.TotalHours}:{time:mm\\:ss} left") : "";
        string top1 = state.Top1 is double share ? FormattableString.Invariant($", top-1 {share:P1}") : "";
        string where = FormattableString.Invariant($"epoch {state.Epoch}/{state.Epochs}, step {state.Step}/{state.Steps}, loss {state.Loss:F3}{top1}, lr {state.LearningRate:G3}");
        string speed = FormattableString.Invariant(
            $"{state.ImagesPerSecond:F1} images/s, data wait {state.DataWait:P0}, {Environment.WorkingSet / 1e6:F0} MB{left}");
        return state.Validation is ClassificationMetrics metrics
            ? FormattableString.Invariant($"{where}, {speed}, validation top-1 {metrics.Top1:P2}, top-5 {metrics.Top5:P2}, loss {metrics.Loss:F3}") + state.Metrics?.FeatureErrorText
            : $"{where}, {speed}{state.Metrics?.FeatureErrorText}";
    }
}
