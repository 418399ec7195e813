using System.Diagnostics;

namespace ResNeXt.Training;

/// <summary>Says how far some work is if it takes longer than two seconds. Any number of threads may report to it.</summary>
/// <param name="what">The work, in words.</param>
/// <param name="total">Pieces in all.</param>
/// <param name="log">Told now and then; null for nobody.</param>
internal sealed class SlowWork(string what, int total, Action<string>? log)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(10);

    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Lock _lock = new();
    private TimeSpan _next = First;
    private int _done;

    /// <summary>One piece more.</summary>
    public void Done()
    {
        int done = Interlocked.Increment(ref _done);
        if (log is null || _clock.Elapsed < _next)
        {
            return;
        }

        lock (_lock)
        {
            if (_clock.Elapsed >= _next)
            {
                _next = _clock.Elapsed + Later;
                log(FormattableString.Invariant($"{what}: {done} of {total}"));
            }
        }
    }
}
