using System.Diagnostics;

namespace ResNeXt.Training;

/// <summary>Estimates how long a run will take from what it took since its first step, validations included.</summary>
/// <param name="elapsed">What says how long that was; null for a clock that begins with the first step.</param>
internal sealed class TimeLeft(Func<TimeSpan>? elapsed = null)
{
    private readonly Stopwatch _clock = new();
    private long? _first;

    /// <param name="state">The step just done.</param>
    /// <returns>Null for the first one, of which nothing is known yet.</returns>
    public TimeSpan? After(TrainProgress state)
    {
        long done = ((state.Epoch - 1L) * state.Steps) + state.Step;
        _clock.Start();
        _first ??= done;
        long rest = ((long)state.Epochs * state.Steps) - done;
        return done == _first ? null : (elapsed?.Invoke() ?? _clock.Elapsed) * ((double)rest / (done - _first.Value));
    }
}
