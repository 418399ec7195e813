using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training;

/// <summary>
/// Loss and accuracy of an epoch so far. To read a number off an accelerator is to wait until all its work is done, so there they are
/// added up where they are, and read now and then.
/// </summary>
/// <param name="deferred">Whether the numbers stay where they are until they are read.</param>
/// <param name="interval">How long they stay there at least; null for half a second.</param>
internal sealed class RunningMetrics(bool deferred, TimeSpan? interval = null) : IDisposable
{
    private readonly TimeSpan _interval = interval ?? TimeSpan.FromSeconds(0.5);
    private readonly Stopwatch _sinceRead = new();
    private Tensor? _unread; // sums of loss and correct images, [2]
    private double _lossSum;
    private double _correct;
    private long _count;

    /// <summary>Mean loss, as of the last <see cref="Read"/>.</summary>
    public double Loss { get; private set; }

    /// <summary>Share of the images whose class had the largest logit, as of the last <see cref="Read"/>.</summary>
    public double Top1 { get; private set; }

    /// <param name="loss">The mean loss of a batch, a scalar.</param>
    /// <param name="correct">Images of it whose class had the largest logit, a scalar.</param>
    /// <param name="images">How many images it has.</param>
    public void Add(Tensor loss, Tensor correct, int images)
    {
        _count += images;
        if (!deferred)
        {
            _lossSum += (double)loss.item<float>() * images;
            _correct += correct.item<long>();
            return;
        }

        using DisposeScope scope = NewDisposeScope();
        using var noGradient = no_grad();
        using Scalar weight = ((double)images).ToScalar();
        using Scalar one = 1.0.ToScalar();
        Tensor sums = stack([loss.to(ScalarType.Float64).mul(weight), correct.to(ScalarType.Float64)]);
        Tensor all = (_unread is null ? sums : sums.add_(_unread, one)).DetachFromDisposeScope();
        _unread?.Dispose();
        _unread = all;
    }

    /// <summary>Brings the numbers up to date: where that costs nothing or the newest are asked for, else twice a second.</summary>
    public void Read(bool newest)
    {
        if (deferred && !newest && _sinceRead.IsRunning && _sinceRead.Elapsed <= _interval)
        {
            return;
        }

        if (_unread is not null)
        {
            using Tensor here = _unread.cpu();
            ReadOnlySpan<double> sums = here.data<double>().ToArray();
            _lossSum += sums[0];
            _correct += sums[1];
            _unread.Dispose();
            _unread = null;
        }

        (Loss, Top1) = (_lossSum / _count, _correct / _count);
        _sinceRead.Restart();
    }

    /// <summary>Makes the numbers those of all ranks, at the end of an epoch.</summary>
    public void Share(RankGroup ranks)
    {
        double[] sums = [_lossSum, _correct, _count];
        ranks.Sum(sums);
        (Loss, Top1) = (sums[0] / sums[2], sums[1] / sums[2]);
    }

    public void Dispose() => _unread?.Dispose();
}
