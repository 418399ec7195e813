using System.Collections.Concurrent;

namespace ResNeXt.MLNet.Tests;

public sealed class ImageScorerTests : IClassFixture<TestImages>, IDisposable
{
    private static readonly string[] Outputs = [ResNeXtMetadata.LogitsName, ResNeXtMetadata.FeaturesName];

    private readonly ResNeXtModel _model = ResNeXtModel.Load(TestImages.TinyModel, ExecutionDevice.Cpu);
    private readonly TestImages _images;

    public ImageScorerTests(TestImages images) => _images = images;

    [Fact]
    public void Score_SeveralOutputs_GivesThemInTheOrderAsked()
    {
        ScoredImage[] scored = [.. new ImageScorer(_model, Outputs, 16).Score(_images.Paths)];
        Assert.Equal(_images.Paths, scored.Select(image => image.Name));
        Assert.All(scored, image => Assert.Equal([4, 16], image.Values.Select(value => value.Length)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(50)]
    public void Score_BadImagesBetween_AreValuesWithTheReason(int batchSize)
    {
        string text = _images.NewFile(".jpg", "no image"u8.ToArray());
        string cut = _images.NewFile(".jpg", File.ReadAllBytes(_images.Paths[0])[..^400]);
        string[] paths = [text, _images.Paths[0], "gone.jpg", cut, _images.Paths[1], "", _images.Folder];

        ScoredImage[] scored = [.. new ImageScorer(_model, Outputs, batchSize).Score(paths)];

        Assert.Equal([true, false, true, true, false, true, true], scored.Select(image => image.Error is not null));
        Assert.Contains("is not an image", scored[0].Error!.Message, StringComparison.Ordinal);
        Assert.Contains("gone.jpg", scored[2].Error!.Message, StringComparison.Ordinal);
        Assert.Contains("truncated", scored[3].Error!.Message, StringComparison.Ordinal);
        ScoredImage[] good = [.. new ImageScorer(_model, Outputs, 2).Score(_images.Paths.Take(2))];
        Assert.Equal(good[0].Values, scored[1].Values);
        Assert.Equal(good[1].Values, scored[4].Values);
    }

    [Fact]
    public void Score_NoImages_GivesNothing() => Assert.Empty(new ImageScorer(_model, Outputs, 4).Score(Array.Empty<string>()));

    [Fact]
    public void Score_SlowConsumer_ReadsAtMostTwoBatchesAhead()
    {
        int read = 0;
        bool isClosed = false;
        IEnumerable<string> Endless()
        {
            try
            {
                while (true)
                {
                    Interlocked.Increment(ref read);
                    yield return _images.Paths[0];
                }
            }
            finally
            {
                isClosed = true;
            }
        }

        using (IEnumerator<ScoredImage> scored = new ImageScorer(_model, Outputs, 5).Score(Endless()).GetEnumerator())
        {
            Assert.True(scored.MoveNext());
            Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref read) == 10, TimeSpan.FromSeconds(30)));
            Thread.Sleep(200);
            Assert.Equal(10, Volatile.Read(ref read)); // and no further
        }

        Assert.True(isClosed);
    }

    [Fact]
    public void Score_SourceThrows_GivesItsException()
    {
        IEnumerable<string> Broken()
        {
            yield return _images.Paths[0];
            throw new TimeoutException("the share is gone");
        }

        Assert.Equal("the share is gone", Assert.Throws<TimeoutException>(() => new ImageScorer(_model, Outputs, 4).Score(Broken()).Count()).Message);
    }

    /// <summary>That pool is the host's: HostThreadsTests measures what it feels.</summary>
    [Fact]
    public void Score_ManyImages_AreReadAndDecodedOnNoThreadOfThePool()
    {
        int scored = 0, onThePool = 0;
        IEnumerable<ImageSource> sources = Enumerable.Range(0, 200).Select(i =>
        {
            Note();
            var file = ImageSource.FromFile(_images.Paths[i % _images.Paths.Count]);
            return file with
            {
                Decode = decoding =>
                {
                    Note();
                    return file.Decode(decoding);
                },
            };
        });
        var consumer = new Thread(() => scored = new ImageScorer(_model, Outputs, 8).Score(sources).Count());
        consumer.Start();
        consumer.Join();

        Assert.Equal(200, scored);
        Assert.Equal(0, onThePool);

        void Note() => Interlocked.Add(ref onThePool, Thread.CurrentThread.IsThreadPoolThread ? 1 : 0);
    }

    /// <summary>The short form of the benchmark <c>soak</c>: neither images nor results outlive their batch, however many go through.</summary>
    [Fact]
    public void Score_HundredsOfImages_KeepsNothingOfThem()
    {
        const int BatchSize = 8;
        ConcurrentQueue<WeakReference> decoded = [], results = [];
        IEnumerable<ImageSource> sources = Enumerable.Range(0, 600).Select(i => ImageSource.FromFile(_images.Paths[i % _images.Paths.Count])).Select(
            file => file with { Decode = decoding => Noted(decoded, file.Decode(decoding)) });
        using IEnumerator<ScoredImage> scored = new ImageScorer(_model, Outputs, BatchSize).Score(sources).GetEnumerator();
        for (int i = 0; i < 500; i++)
        {
            Assert.True(scored.MoveNext());
            Noted(results, scored.Current.Values[0]);
        }

        GC.Collect();
        Assert.InRange(decoded.Count(image => image.IsAlive), 0, 2 * BatchSize);
        Assert.InRange(results.Count(values => values.IsAlive), 0, BatchSize);

        static T Noted<T>(ConcurrentQueue<WeakReference> notes, T value)
        {
            notes.Enqueue(new WeakReference(value));
            return value;
        }
    }

    public void Dispose() => _model.Dispose();
}
