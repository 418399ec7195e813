namespace ResNeXt.MLNet.Tests;

public class FairQueueTests
{
    [Fact]
    public void Take_OneClient_KeepsTheOrder()
    {
        var queue = new FairQueue<int>(100);
        for (int i = 0; i < 50; i++)
        {
            Assert.True(queue.TryAdd(i, "a", 1 + (i % 7)));
        }

        Assert.Equal(Enumerable.Range(0, 50), Enumerable.Range(0, 50).Select(_ => queue.Take()));
    }

    [Fact]
    public void Take_MuchFromOneThenLittleFromAnother_DoesNotKeepTheOtherWaiting()
    {
        var queue = new FairQueue<string>(100);
        for (int i = 0; i < 20; i++)
        {
            queue.TryAdd($"heavy {i}", "heavy", 40);
        }

        queue.TryAdd("light 0", "light", 1);
        queue.TryAdd("light 1", "light", 1);

        Assert.Equal(["heavy 0", "light 0", "light 1", "heavy 1"], Enumerable.Range(0, 4).Select(_ => queue.Take()));
    }

    [Fact]
    public void Take_ClientsOfUnequalImages_GetEqualWork()
    {
        var queue = new FairQueue<(string Client, double Work)>(1000);
        for (int i = 0; i < 400; i++)
        {
            queue.TryAdd(("large", 8), "large", 8);
            queue.TryAdd(("small", 1), "small", 1);
        }

        (string Client, double Work)[] first = [.. Enumerable.Range(0, 180).Select(_ => queue.Take())];
        double large = first.Where(item => item.Client == "large").Sum(item => item.Work), small = first.Where(item => item.Client == "small").Sum(item => item.Work);
        Assert.InRange(large - small, -8, 8);
    }

    [Fact]
    public void TryAdd_MoreThanOneClientMay_IsRefusedUntilOneIsTaken()
    {
        var queue = new FairQueue<int>(2);
        Assert.True(queue.TryAdd(0, "a", 1));
        Assert.True(queue.TryAdd(1, "a", 1));
        Assert.False(queue.TryAdd(2, "a", 1));
        Assert.True(queue.TryAdd(3, "b", 1));
        Assert.True(Enumerable.Range(0, 5).All(i => queue.TryAdd(10 + i, null, 1))); // nobody's

        queue.Take();
        Assert.True(queue.TryAdd(4, "a", 1));
    }

    [Fact]
    public void Take_ManyClientsOneAfterTheOther_AreForgotten()
    {
        var queue = new FairQueue<int>(2);
        queue.TryAdd(-1, "always waiting", 1);
        for (int i = 0; i < 100_000; i++)
        {
            queue.TryAdd(i, $"{i}", 1);
            queue.Take();
        }

        Assert.InRange(queue.Clients, 1, 3000);
    }
}
