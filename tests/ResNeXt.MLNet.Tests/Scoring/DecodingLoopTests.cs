using System.Collections.Concurrent;

namespace ResNeXt.MLNet.Tests;

public sealed class DecodingLoopTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    private readonly DecodingThreads _threads = new(2, TimeSpan.FromMilliseconds(100));

    [Theory]
    [InlineData(0)] // the one who waits does it all
    [InlineData(1)]
    [InlineData(5)]
    public void Wait_AnyNumberOfThreads_ReadsInOrderByOneAtATimeAndWorksOnEachOnce(int most)
    {
        int inside = 0, next = 0;
        var worked = new ConcurrentBag<int>();
        IEnumerable<int> Source()
        {
            while (next < 300)
            {
                Assert.Equal(1, Interlocked.Increment(ref inside));
                int item = next++;
                Interlocked.Decrement(ref inside);
                yield return item;
            }
        }

        using IEnumerator<int> source = Source().GetEnumerator();
        new DecodingLoop<int>(source, worked.Add, new DecodingThreads(most, Long)).Wait();

        Assert.Equal(Enumerable.Range(0, 300), worked.Order());
    }

    [Fact]
    public void Wait_AllThreadsHeldByBlockedSources_EndsYet()
    {
        using var release = new ManualResetEventSlim();
        IEnumerable<int> Blocked()
        {
            release.Wait();
            yield return 1;
        }

        DecodingLoop<int>[] blocked =
            [.. Enumerable.Range(0, 4).Select(_ => new DecodingLoop<int>(Blocked().GetEnumerator(), _ => { }, _threads))];
        int count = 0;
        new DecodingLoop<int>(Enumerable.Range(0, 100).GetEnumerator(), _ => Interlocked.Increment(ref count), _threads).Wait();
        release.Set();

        Assert.Equal(100, count);
        Assert.All(blocked, loop => loop.Wait());
    }

    /// <summary>The source of a loop is a loop itself, four deep, and eight such towers stand on two threads.</summary>
    [Fact]
    public void Wait_LoopsInsideTheSourcesOfOthers_End()
    {
        const int Deep = 4;
        int count = 0;
        IEnumerable<int> Source(int depth)
        {
            for (int i = 0; i < 4; i++)
            {
                if (depth > 0)
                {
                    using IEnumerator<int> inner = Source(depth - 1).GetEnumerator();
                    new DecodingLoop<int>(inner, _ => Interlocked.Increment(ref count), _threads).Wait();
                }

                yield return i;
            }
        }

        Thread[] towers = [.. Enumerable.Range(0, 8).Select(_ => new Thread(() =>
        {
            using IEnumerator<int> source = Source(Deep).GetEnumerator();
            new DecodingLoop<int>(source, _ => Interlocked.Increment(ref count), _threads).Wait();
        }) { IsBackground = true })];
        Array.ForEach(towers, tower => tower.Start());

        Assert.All(towers, tower => Assert.True(tower.Join(Long)));
        Assert.Equal(8 * (4 + 16 + 64 + 256 + 1024), count);
    }

    [Fact]
    public void Wait_SourceThrows_GivesItsExceptionAndReadsNoFurther()
    {
        int read = 0;
        IEnumerable<int> Broken()
        {
            for (; read < 5; read++)
            {
                yield return read;
            }

            throw new TimeoutException("the share is gone");
        }

        var loop = new DecodingLoop<int>(Broken().GetEnumerator(), _ => Thread.Sleep(1), _threads);

        Assert.Equal("the share is gone", Assert.Throws<TimeoutException>(loop.Wait).Message);
        Assert.Equal(5, read);
    }

    [Fact]
    public void Wait_WorkThrows_GivesItsExceptionWhenAllThreadsAreAtRest()
    {
        int inside = 0;
        var loop = new DecodingLoop<int>(Enumerable.Range(0, 1000).GetEnumerator(), item =>
        {
            Interlocked.Increment(ref inside);
            Thread.Sleep(5);
            Interlocked.Decrement(ref inside);
            if (item == 3)
            {
                throw new InvalidOperationException("a bug");
            }
        }, _threads);

        Assert.Equal("a bug", Assert.Throws<InvalidOperationException>(loop.Wait).Message);
        Assert.Equal(0, inside);
    }

    [Fact]
    public void Stop_SourceBlocks_WaitsUntilItIsAtRest()
    {
        using ManualResetEventSlim entered = new(), release = new();
        bool isAtRest = false;
        int worked = 0;
        IEnumerable<int> Blocked()
        {
            entered.Set();
            release.Wait();
            Thread.Sleep(50);
            isAtRest = true;
            yield return 1;
            throw new InvalidOperationException("read on");
        }

        var loop = new DecodingLoop<int>(Blocked().GetEnumerator(), _ => Interlocked.Increment(ref worked), _threads);
        Assert.True(entered.Wait(Long, TestContext.Current.CancellationToken));
        var stopping = new Thread(loop.Stop) { IsBackground = true };
        stopping.Start();
        Assert.False(stopping.Join(50));
        release.Set();

        Assert.True(stopping.Join(Long));
        Assert.True(isAtRest);
        Assert.InRange(worked, 0, 1); // the item that was being read
    }

    [Fact]
    public void Wait_AmbientValuesOfTheCaller_GoAlongAndItsSynchronizationContextDoesNot()
    {
        var ambient = new AsyncLocal<string?> { Value = "the caller's" };
        var own = new SynchronizationContext();
        var seen = new ConcurrentBag<(string?, SynchronizationContext?)>();
        SynchronizationContext? before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(own);
        try
        {
            new DecodingLoop<int>(Enumerable.Range(0, 50).GetEnumerator(), _ =>
            {
                seen.Add((ambient.Value, SynchronizationContext.Current));
                ambient.Value = "changed";
            }, _threads).Wait();

            Assert.Same(own, SynchronizationContext.Current);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }

        Assert.Equal("the caller's", ambient.Value);
        Assert.Equal(("the caller's", null), Assert.Single(seen.Distinct()));
    }
}
