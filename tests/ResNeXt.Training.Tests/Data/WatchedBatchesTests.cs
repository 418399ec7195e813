using System.Diagnostics;

namespace ResNeXt.Training.Tests;

public sealed class WatchedBatchesTests
{
    [Fact]
    public void Watched_SlowSource_CountsTheWaitingAlone()
    {
        var waiting = new Stopwatch();
        var whole = Stopwatch.StartNew();

        int count = 0;
        foreach (LabeledBatch _ in Slow(3).Watched(waiting))
        {
            Thread.Sleep(100); // work, not waiting
            count++;
        }

        Assert.Equal(3, count);
        Assert.True(waiting.Elapsed >= TimeSpan.FromMilliseconds(85), $"{waiting.Elapsed}");
        Assert.True(whole.Elapsed - waiting.Elapsed >= TimeSpan.FromMilliseconds(290), $"{whole.Elapsed} {waiting.Elapsed}");
    }

    private static IEnumerable<LabeledBatch> Slow(int count)
    {
        for (int i = 0; i < count; i++)
        {
            Thread.Sleep(30);
            yield return new LabeledBatch([], []);
        }
    }
}
