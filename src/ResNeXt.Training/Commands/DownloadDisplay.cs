using System.Diagnostics;

namespace ResNeXt.Training;

/// <summary>How a download looks on standard error: a live line for people at a terminal, a line now and then elsewhere.</summary>
internal static class DownloadDisplay
{
    private static readonly TimeSpan QuietInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LiveInterval = TimeSpan.FromSeconds(0.2);

    public static async Task<T> ShowAsync<T>(string name, Func<Action<string>, Action<long, long?>, Task<T>> download)
    {
        try
        {
            return await download(CommandContext.Log, Report(name)).ConfigureAwait(false);
        }
        finally
        {
            StatusLine.Clear();
        }
    }

    private static Action<long, long?> Report(string name)
    {
        Stopwatch clock = Stopwatch.StartNew(), sinceLine = Stopwatch.StartNew();
        long? before = null; // what an earlier try had fetched
        return (have, total) =>
        {
            before ??= have;
            if (sinceLine.Elapsed <= (StatusLine.IsSeen ? LiveInterval : QuietInterval))
            {
                return;
            }

            sinceLine.Restart();
            double rate = (have - before.Value) / clock.Elapsed.TotalSeconds;
            string line = FormattableString.Invariant($"{name}: {have / 1e6:F0}{(total is null ? "" : $" of {total / 1e6:F0}")} MB");
            if (StatusLine.IsSeen)
            {
                string left = total is long all && rate > 0 ? $"{TrainDisplay.Clock(TimeSpan.FromSeconds((all - have) / rate))} left" : "";
                StatusLine.Show(FittedLine.Of(StatusLine.Width - 1, (0, line), (1, FormattableString.Invariant($"{rate / 1e6:F1} MB/s")), (2, left.Length == 0 ? null : left)));
            }
            else
            {
                CommandContext.Log(line);
            }
        };
    }
}
