using System.Diagnostics;

namespace ResNeXt.Training;

/// <summary>Counts images on standard error while a verb works through them: on one line at a terminal, now and then elsewhere.</summary>
internal sealed class CountDisplay
{
    private readonly bool _terminal = !Console.IsErrorRedirected;
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
        _next = _clock.Elapsed + (_terminal ? TimeSpan.FromSeconds(0.5) : TimeSpan.FromSeconds(30));
        if (done == total && !shown)
        {
            return;
        }

        string line = FormattableString.Invariant($"{done:N0}{(total == long.MaxValue ? "" : $" of {total:N0}")} images, {Rate(done):F1} images/s");
        string left = done < total && total < long.MaxValue ? $", {TrainDisplay.Clock(TimeSpan.FromSeconds((total - done) / Rate(done)))} left" : "";
        if (!_terminal)
        {
            Console.Error.WriteLine(line + left);
            return;
        }

        StatusLine.Show(line + left);
        if (done == total)
        {
            StatusLine.Keep();
        }
    }
}
