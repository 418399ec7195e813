using System.Diagnostics;

namespace ResNeXt.Training;

/// <summary>How a training run looks on standard error: a table of epochs over a live line for people at a terminal, quiet lines elsewhere.</summary>
internal static class TrainDisplay
{
    private const int LongestBar = 40;
    private const int ShortestBar = 10;

    /// <summary>A narrower line has words alone.</summary>
    private const int RoomForBar = 50;

    /// <summary>Waiting for data that is worth a word.</summary>
    private const double MuchWaiting = 0.05;

    private static readonly TimeSpan QuietInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LiveInterval = TimeSpan.FromSeconds(0.1);

    /// <param name="train">Runs the training; told where its progress and its notes go.</param>
    public static TrainResult Show(Func<Action<TrainProgress>, Action<string>, TrainResult> train)
    {
        try
        {
            return train(StatusLine.IsSeen ? Live() : Lines(), CommandContext.Log);
        }
        finally
        {
            StatusLine.Clear();
        }
    }

    /// <summary>Hours, minutes and seconds.</summary>
    public static string Clock(TimeSpan time) => FormattableString.Invariant($"{(int)time.TotalHours}:{time:mm\\:ss}");

    /// <summary>The live line: where the run is, a bar, and what has room beside it.</summary>
    /// <param name="width">Characters of the line.</param>
    /// <param name="state">Where the run is.</param>
    /// <param name="left">How long it will take; null while nobody knows.</param>
    /// <param name="bar">What the bar is drawn with: what is done, what is not.</param>
    public static string Line(int width, TrainProgress state, TimeSpan? left, (char Done, char Open) bar)
    {
        double done = (state.Epoch - 1 + ((double)state.Step / state.Steps)) / state.Epochs;
        string epoch = FormattableString.Invariant($"epoch {state.Epoch}/{state.Epochs}");
        string rest = FittedLine.Of(
            Math.Max(width - epoch.Length - 2 - (width < RoomForBar ? 0 : ShortestBar + 2), 0),
            (0, FormattableString.Invariant($"{Math.Floor(done * 100),3} %")),
            (2, FormattableString.Invariant($"loss {state.Loss:F3}")),
            (3, state.Top1 is double share ? FormattableString.Invariant($"top-1 {share:P1}") : null),
            (4, state.FromFeatures ? null : FormattableString.Invariant($"{state.ImagesPerSecond:F1} images/s")),
            (5, state.DataWait >= MuchWaiting ? FormattableString.Invariant($"data wait {state.DataWait:P0}") : null),
            (6, FormattableString.Invariant($"{Environment.WorkingSet / 1e6:N0} MB")),
            (1, left is TimeSpan time ? $"{Clock(time)} left" : null));
        int room = Math.Min(width - epoch.Length - rest.Length - 4, LongestBar), drawn = (int)(room * done);
        return room < ShortestBar ? $"{epoch}  {rest}" : $"{epoch}  {new string(bar.Done, drawn)}{new string(bar.Open, room - drawn)}  {rest}";
    }

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

    private static Action<TrainProgress> Live()
    {
        var sinceLine = Stopwatch.StartNew();
        var timeLeft = new TimeLeft();
        EpochTable? table = null;
        return state =>
        {
            TimeSpan? left = timeLeft.After(state);
            if (state.Metrics is not null)
            {
                if (table is null)
                {
                    table = new EpochTable(StatusLine.Width - 1, state);
                    CommandContext.Log(table.Head);
                }

                CommandContext.Log(table.Row(state));
            }
            else if (sinceLine.Elapsed > LiveInterval)
            {
                StatusLine.Show(Line(StatusLine.Width - 1, state, left, StatusLine.IsUnicode ? ('━', '─') : ('=', '.')));
                sinceLine.Restart();
            }
        };
    }

    private static string Describe(TrainProgress state, TimeSpan? timeLeft)
    {
        string left = timeLeft is TimeSpan time ? $", {Clock(time)} left" : "";
        string top1 = state.Top1 is double share ? FormattableString.Invariant($", top-1 {share:P1}") : "";
        string where = FormattableString.Invariant($"epoch {state.Epoch}/{state.Epochs}, step {state.Step}/{state.Steps}, loss {state.Loss:F3}{top1}, lr {state.LearningRate:G3}");
        string speed = state.FromFeatures ? "" : FormattableString.Invariant($", {state.ImagesPerSecond:F1} images/s, data wait {state.DataWait:P0}");
        string top5 = state.Validation is ClassificationMetrics { Top5: < 1 } five ? FormattableString.Invariant($", top-5 {five.Top5:P2}") : "";
        string validation = state.Validation is ClassificationMetrics metrics ? FormattableString.Invariant($", validation top-1 {metrics.Top1:P2}{top5}, loss {metrics.Loss:F3}") : "";
        return FormattableString.Invariant($"{where}{speed}, {Environment.WorkingSet / 1e6:F0} MB{left}{validation}{state.Metrics?.FeatureErrorText}");
    }
}
