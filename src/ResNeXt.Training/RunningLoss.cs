using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training;

/// <summary>
/// The mean loss of an epoch so far. To read a number off an accelerator is to wait until all its work is done, so there the losses are
/// added up where they are, and read now and then.
/// </summary>
/// <param name="deferred">Whether the losses stay where they are until they are read.</param>
internal sealed class RunningLoss(bool deferred) : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(0.5);

    private readonly Stopwatch _sinceRead = new();
    private Tensor? _unread;
    private double _sum;
    private double _mean;
    private long _count;

    /// <param name="loss">The mean loss of a batch.</param>
    /// <param name="images">How many images it is of.</param>
    public void Add(Tensor loss, int images)
    {
        _count += images;
        if (!deferred)
        {
            _sum += (double)loss.item<float>() * images;
            return;
        }

        using DisposeScope scope = NewDisposeScope();
        using var noGradient = no_grad();
        using Scalar weight = ((double)images).ToScalar();
        Tensor weighted = loss.to(ScalarType.Float64).mul(weight);
        Tensor sum = (_unread is null ? weighted : weighted.add_(_unread)).DetachFromDisposeScope();
        _unread?.Dispose();
        _unread = sum;
    }

    /// <summary>The mean: the newest where that costs nothing or is asked for, else one of the last half second.</summary>
    public double Mean(bool newest)
    {
        if (!deferred || newest || !_sinceRead.IsRunning || _sinceRead.Elapsed > Interval)
        {
            _sum += _unread?.item<double>() ?? 0;
            _unread?.Dispose();
            _unread = null;
            _mean = _sum / _count;
            _sinceRead.Restart();
        }

        return _mean;
    }

    public void Dispose() => _unread?.Dispose();
}
