using System.Diagnostics;

namespace ResNeXt.Training;

/// <summary>Counts images on standard error while a verb works through them: on one line at a terminal, now and then elsewhere.</summary>
internal sealed class CountDisplay
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private TimeSpan _next = TimeSpan.FromSeconds(2);

    /// <summary>Images a second since the start.</summary>
    public double Rate(long done) => done / Math.Max(_clock.Elapsed.TotalSeconds, 1e-9);

    /// <summary>For work whose end is not known.</summary>
    public void Report(long done) => Report(done, long.MaxValue);

    public void Report(long done, long total)
    {
        if (_clock.Elapsed < _next && done < total)
        {
            return;
        }

        bool shown = _next > TimeSpan.FromSeconds(2); // short work says nothing
        _next = _clock.Elapsed + (StatusLine.IsSeen ? TimeSpan.FromSeconds(0.5) : TimeSpan.FromSeconds(30));
        if (done == total && !shown)
        {
            return;
        }

        string count = FormattableString.Invariant($"{done:N0}{(total == long.MaxValue ? "" : $" of {total:N0}")} images"), rate = FormattableString.Invariant($"{Rate(done):F1} images/s");
        string? left = done < total && total < long.MaxValue ? $"{TrainDisplay.Clock(TimeSpan.FromSeconds((total - done) / Rate(done)))} left" : null;
        if (!StatusLine.IsSeen)
        {
            CommandContext.Log(string.Join(", ", new[] { count, rate, left }.OfType<string>()));
            return;
        }

        StatusLine.Show(FittedLine.Of(StatusLine.Width - 1, (0, count), (2, rate), (1, left)));
        if (done == total)
        {
            StatusLine.Keep();
        }
    }
}
