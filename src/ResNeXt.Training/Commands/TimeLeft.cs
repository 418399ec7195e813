using System.Diagnostics;

namespace ResNeXt.Training;

/// <summary>Estimates how long a run will take from what it took so far, validations included.</summary>
/// <param name="clock">What says how long it took; null to begin now.</param>
internal sealed class TimeLeft(Func<TimeSpan>? clock = null)
{
    private readonly Func<TimeSpan> _clock = clock ?? Running();
    private long? _before;

    /// <param name="state">The step just done. The first one tells where a resumed run began.</param>
    public TimeSpan After(TrainProgress state)
    {
        long done = ((state.Epoch - 1L) * state.Steps) + state.Step;
        _before ??= done - 1;
        long rest = ((long)state.Epochs * state.Steps) - done;
        return _clock() * ((double)rest / (done - _before.Value));
    }

    private static Func<TimeSpan> Running()
    {
        var clock = Stopwatch.StartNew();
        return () => clock.Elapsed;
    }
}
