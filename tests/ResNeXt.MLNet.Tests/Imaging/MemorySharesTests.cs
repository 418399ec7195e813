namespace ResNeXt.MLNet.Tests;

public class MemorySharesTests
{
    [Fact]
    public async Task Take_ManyThreads_NeverMoreThanTheCapacityAndAllEnd()
    {
        var shares = new MemoryShares(100);
        long most = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Factory.StartNew(
            () =>
            {
                var random = new Random(thread);
                for (int i = 0; i < 2000; i++)
                {
                    using MemoryShares.Share share = shares.Take(random.Next(1, 101));
                    InterlockedMax(ref most, shares.Taken);
                    share.Keep(random.Next(1, 101));
                }
            },
            TaskCreationOptions.LongRunning)));

        Assert.InRange(most, 1, 100);
        Assert.Equal(0, shares.Taken);
    }

    [Fact]
    public async Task Take_LargeShareBehindSmallOnes_IsNotOvertaken()
    {
        var shares = new MemoryShares(10);
        MemoryShares.Share first = shares.Take(6);
        Task<MemoryShares.Share> large = Task.Factory.StartNew(() => shares.Take(10), TaskCreationOptions.LongRunning);
        await Task.Delay(50);
        Task<MemoryShares.Share> small = Task.Factory.StartNew(() => shares.Take(1), TaskCreationOptions.LongRunning);
        await Task.Delay(50);
        Assert.False(small.IsCompleted); // it would fit

        first.Dispose();
        (await large.WaitAsync(TimeSpan.FromSeconds(30))).Dispose();
        (await small.WaitAsync(TimeSpan.FromSeconds(30))).Dispose();
        Assert.Equal(0, shares.Taken);
    }

    [Fact]
    public void Take_MoreThanACapacityThatFell_IsGivenAlone()
    {
        var shares = new MemoryShares(10) { Capacity = 5 };

        using MemoryShares.Share share = shares.Take(10);

        Assert.Equal(10, shares.Taken);
    }

    private static void InterlockedMax(ref long most, long value)
    {
        for (long seen = Volatile.Read(ref most); value > seen && Interlocked.CompareExchange(ref most, value, seen) != seen; seen = Volatile.Read(ref most))
        {
        }
    }
}
