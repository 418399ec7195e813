using System.Collections.Concurrent;

namespace ResNeXt.MLNet.Tests;

public sealed class DecodingThreadsTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    [Fact]
    public void Offer_MoreWorkThanThreads_IsDoneOnBackgroundThreadsOfItsOwn()
    {
        var threads = new DecodingThreads(3, TimeSpan.FromMilliseconds(50));
        var seen = new ConcurrentDictionary<Thread, bool>();
        using var done = new CountdownEvent(40);
        for (int i = 0; i < done.InitialCount; i++)
        {
            threads.Offer(() =>
            {
                seen.TryAdd(Thread.CurrentThread, Thread.CurrentThread.IsBackground && !Thread.CurrentThread.IsThreadPoolThread);
                Thread.Sleep(1);
                done.Signal();
            });
        }

        Assert.True(done.Wait(Long, TestContext.Current.CancellationToken));
        Assert.InRange(seen.Count, 2, 3);
        Assert.DoesNotContain(false, seen.Values);
        Assert.True(SpinWait.SpinUntil(() => threads.Count == 0, Long)); // no work, no threads
        Assert.True(seen.Keys.All(thread => thread.Join(Long)));

        using var again = new ManualResetEventSlim();
        threads.Offer(again.Set);
        Assert.True(again.Wait(Long, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Withdraw_BeforeItsTurn_IsNeverDone()
    {
        var threads = new DecodingThreads(1, Long);
        using ManualResetEventSlim holds = new(), done = new();
        bool isDone = false;
        threads.Offer(holds.Wait);
        LinkedListNode<Action> offer = threads.Offer(() => isDone = true);
        threads.Offer(done.Set);

        threads.Withdraw(offer);
        threads.Withdraw(offer);
        holds.Set();

        Assert.True(done.Wait(Long, TestContext.Current.CancellationToken));
        Assert.False(isDone);
    }
}
