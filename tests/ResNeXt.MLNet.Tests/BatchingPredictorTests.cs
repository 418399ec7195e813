using System.Collections.Concurrent;

namespace ResNeXt.MLNet.Tests;

public sealed class BatchingPredictorTests : IClassFixture<TestImages>, IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);
    private static readonly BatchingPredictorOptions Patient = new() { MaxDelay = TimeSpan.FromSeconds(10) };

    private readonly TestImages _images;
    private readonly ResNeXtPredictor _predictor = ResNeXtPredictor.Load(TestImages.TinyModel, ExecutionDevice.Cpu);
    private readonly SemaphoreSlim _mayScore = new(0);
    private readonly ConcurrentQueue<int> _batches = new();

    public BatchingPredictorTests(TestImages images) => _images = images;

    [Fact]
    public async Task PredictAsync_OneClientFillsItsPart_OthersAreServedBeforeIt()
    {
        var options = new BatchingPredictorOptions { QueueCapacityPerClient = 8, Decoders = 1, MaxBatchSize = 1 };
        byte[] image = await File.ReadAllBytesAsync(_images.Paths[0]);
        var served = new ConcurrentQueue<string>();
        await using var batching = new BatchingPredictor(_predictor, options, (batch, count) =>
        {
            _mayScore.Wait();
            return _predictor.Score(batch, count);
        });

        // One is with the network, two are decoded or being decoded, eight wait; in whichever order the threads take them.
        var greedy = new List<Task<ImagePrediction>>();
        while (greedy.Count == 0 || !greedy[^1].IsFaulted)
        {
            greedy.Add(AskAsync("greedy"));
            await Task.Delay(20);
        }

        Assert.InRange(greedy.Count, 9, 13);
        Assert.True((await Assert.ThrowsAsync<QueueFullException>(() => greedy[^1])).IsClient);
        Task<ImagePrediction> modest = AskAsync("modest");
        _mayScore.Release(100);
        await Task.WhenAll([modest, .. greedy.SkipLast(1)]).WaitAsync(Long);

        Assert.InRange(Array.IndexOf([.. served], "modest"), 0, 4);

        async Task<ImagePrediction> AskAsync(string client)
        {
            ImagePrediction prediction = await batching.PredictAsync(image, client);
            served.Enqueue(client);
            return prediction;
        }
    }

    [Fact]
    public async Task PredictAsync_ManyCallersBadImagesAndCancellation_EachGetsItsOwnAnswer()
    {
        int count = int.Parse(Environment.GetEnvironmentVariable("RESNEXT_REQUESTS") ?? "4000", System.Globalization.CultureInfo.InvariantCulture);
        byte[][] encoded = [.. _images.Paths.Select(File.ReadAllBytes)];
        ImagePrediction[] expected = [.. encoded.Select(bytes => _predictor.Predict(bytes))];
        var batching = new BatchingPredictor(_predictor, new BatchingPredictorOptions { QueueCapacity = 64, MaxDelay = TimeSpan.FromMilliseconds(1) }, Counted);
        int next = -1, answers = 0, errors = 0, cancelled = 0;
        await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(async () =>
        {
            for (int i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next))
            {
                while (!await IsAccepted(i, new Random(i)))
                {
                    await Task.Delay(1);
                }
            }
        })));
        await batching.DisposeAsync();

        Assert.Equal(count, answers + errors + cancelled);
        Assert.InRange(errors, count / 20, count / 5);
        Assert.InRange(cancelled, count / 50, count / 4);
        Assert.InRange(_batches.Sum(), answers, count - errors);
        Assert.True(_batches.Max() > 1, "Nothing was batched.");

        async Task<bool> IsAccepted(int i, Random random)
        {
            int image = random.Next(encoded.Length), fate = random.Next(10);
            using var source = new CancellationTokenSource();
            if (fate < 2)
            {
                source.CancelAfter(random.Next(4));
            }

            try
            {
                ImagePrediction prediction = await (fate == 9 ? batching.PredictAsync($"gone {i}.jpg", source.Token) : batching.PredictAsync(encoded[image], source.Token));
                Assert.Equal(expected[image].Features.ToArray(), prediction.Features.ToArray());
                Assert.Equal(expected[image].Probabilities.ToArray(), prediction.Probabilities.ToArray());
                Interlocked.Increment(ref answers);
            }
            catch (FileNotFoundException exception)
            {
                Assert.Equal(9, fate);
                Assert.Contains($"gone {i}.jpg", exception.Message, StringComparison.Ordinal);
                Interlocked.Increment(ref errors);
            }
            catch (OperationCanceledException exception)
            {
                Assert.Equal(source.Token, exception.CancellationToken);
                Assert.True(source.IsCancellationRequested);
                Interlocked.Increment(ref cancelled);
            }
            catch (QueueFullException)
            {
                return false; // a cancelled image keeps its place in the queue until its turn
            }

            return true;
        }
    }

    [Fact]
    public async Task PredictAsync_LoneImage_DoesNotWaitForOthers()
    {
        await using var batching = new BatchingPredictor(_predictor, Patient);
        await OneAfterAnother().WaitAsync(Long);

        async Task OneAfterAnother()
        {
            for (int i = 0; i < 20; i++) // minutes, if each waited
            {
                Assert.Equal(Features(i), (await batching.PredictAsync(_images.Paths[i])).Features.ToArray());
                await Assert.ThrowsAsync<FileNotFoundException>(() => batching.PredictAsync("gone.jpg"));
            }
        }
    }

    [Fact]
    public async Task PredictAsync_QueueFull_RefusesUntilThereIsRoom()
    {
        await using BatchingPredictor batching = Held(new BatchingPredictorOptions { MaxBatchSize = 2, QueueCapacity = 3 });
        Task<ImagePrediction> running = await Running(batching);
        Task<ImagePrediction>[] waiting = Predict(batching, 1, 2, 3);
        var exception = await Assert.ThrowsAsync<QueueFullException>(() => batching.PredictAsync(_images.Paths[4]));
        Assert.Equal("3 images are waiting already, as many as QueueCapacity allows: try again later or raise it.", exception.Message);
        _mayScore.Release(9);
        await Task.WhenAll([running, .. waiting]).WaitAsync(Long);
        await batching.PredictAsync(_images.Paths[4]).WaitAsync(Long);
    }

    [Fact]
    public async Task PredictAsync_CancelledWhileWaiting_EndsAtOnceAndTheOthersGetTheirs()
    {
        await using BatchingPredictor batching = Held(Patient);
        using var source = new CancellationTokenSource();
        Task<ImagePrediction> running = await Running(batching, source.Token);
        Task<ImagePrediction> before = batching.PredictAsync(_images.Paths[1]);
        Task<ImagePrediction> cancelled = batching.PredictAsync(_images.Paths[2], source.Token);
        Task<ImagePrediction> after = batching.PredictAsync(_images.Paths[3]);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(Long));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.WaitAsync(Long));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => batching.PredictAsync(_images.Paths[2], source.Token));
        _mayScore.Release(2);
        Assert.Equal(Features(1), (await before.WaitAsync(Long)).Features.ToArray());
        Assert.Equal(Features(3), (await after.WaitAsync(Long)).Features.ToArray());
        Assert.Equal([1, 2], _batches);
    }

    [Fact]
    public async Task PredictAsync_BatchFails_ReachesAllOfItAndTheNextOneWorks()
    {
        bool isBroken = false;
        await using var batching = new BatchingPredictor(_predictor, Patient, (tensor, count) =>
        {
            ImagePrediction[] predictions = Hold(tensor, count);
            return isBroken ? throw new IOException("the network is out") : predictions;
        });
        Task<ImagePrediction> running = await Running(batching);
        Task<ImagePrediction>[] waiting = Predict(batching, 1, 2, 3);
        _mayScore.Release();
        await running.WaitAsync(Long);
        isBroken = true;
        _mayScore.Release();
        foreach (Task<ImagePrediction> task in waiting)
        {
            var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => task.WaitAsync(Long));
            Assert.Equal("A batch of 3 images failed: the network is out", exception.Message);
        }

        isBroken = false;
        _mayScore.Release();
        Assert.Equal(Features(4), (await batching.PredictAsync(_images.Paths[4]).WaitAsync(Long)).Features.ToArray());
    }

    [Fact]
    public async Task DisposeAsync_DuringUse_LetsTheAcceptedFinish()
    {
        BatchingPredictor batching = Held(new BatchingPredictorOptions { MaxBatchSize = 2 });
        Task<ImagePrediction>[] accepted = [await Running(batching), .. Predict(batching, 1, 2, 3, 4)];
        Task disposal = batching.DisposeAsync().AsTask();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => batching.PredictAsync(_images.Paths[5]));
        Assert.False(disposal.IsCompleted);
        _mayScore.Release(9);
        ImagePrediction[] predictions = await Task.WhenAll(accepted).WaitAsync(Long);
        Assert.Equal(Enumerable.Range(0, 5).Select(Features), predictions.Select(prediction => prediction.Features.ToArray()));
        await disposal.WaitAsync(Long);
        await batching.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => batching.PredictAsync(_images.Paths[5]));
    }

    [Fact]
    public async Task DisposeAsync_DrainTimeoutOver_FailsWhatWaits()
    {
        BatchingPredictor batching = Held(new BatchingPredictorOptions { MaxBatchSize = 2, DrainTimeout = TimeSpan.Zero });
        Task<ImagePrediction> running = await Running(batching);
        Task<ImagePrediction>[] waiting = Predict(batching, 1, 2, 3, 4, 5, 6);
        Task disposal = batching.DisposeAsync().AsTask();
        _mayScore.Release();
        Assert.Equal(Features(0), (await running.WaitAsync(Long)).Features.ToArray());
        foreach (Task<ImagePrediction> task in waiting)
        {
            await Assert.ThrowsAsync<ObjectDisposedException>(() => task.WaitAsync(Long));
        }

        await disposal.WaitAsync(Long);
    }

    [Fact]
    public async Task PredictAsync_PredictorDisposed_SaysSo()
    {
        await using var batching = new BatchingPredictor(_predictor);
        _predictor.Dispose();
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => batching.PredictAsync(_images.Paths[0]).WaitAsync(Long));
        Assert.IsType<ObjectDisposedException>(exception.InnerException);
    }

    [Theory]
    [InlineData(0, 1, 1, 1, 1, "MaxBatchSize is 0: expected 1 to 4096 images.")]
    [InlineData(1, -1, 1, 1, 1, "MaxDelay is -00:00:01: expected 0 to 10 seconds.")]
    [InlineData(1, 1, 0, 1, 1, "QueueCapacity is 0: expected 1 to 1000000 images.")]
    [InlineData(1, 1, 1, 257, 1, "Decoders is 257: expected 1 to 256 threads.")]
    [InlineData(1, 1, 1, 1, 3601, "DrainTimeout is 01:00:01: expected 0 to 1 hour.")]
    public void New_OptionOutOfRange_NamesIt(int batch, int delay, int capacity, int decoders, int drain, string expected) => Assert.Equal(
        expected,
        Assert.Throws<ArgumentException>(() => new BatchingPredictor(_predictor, new BatchingPredictorOptions
        {
            MaxBatchSize = batch,
            MaxDelay = TimeSpan.FromSeconds(delay),
            QueueCapacity = capacity,
            Decoders = decoders,
            DrainTimeout = TimeSpan.FromSeconds(drain),
        })).Message);

    public void Dispose()
    {
        _predictor.Dispose();
        _mayScore.Dispose();
    }

    /// <summary>One whose batches wait for a permit each.</summary>
    private BatchingPredictor Held(BatchingPredictorOptions options) => new(_predictor, options, Hold);

    private ImagePrediction[] Hold(TensorBatch tensor, int count)
    {
        ImagePrediction[] predictions = Counted(tensor, count);
        Assert.True(_mayScore.Wait(Long));
        return predictions;
    }

    private ImagePrediction[] Counted(TensorBatch tensor, int count)
    {
        _batches.Enqueue(count);
        return _predictor.Score(tensor, count);
    }

    /// <summary>Image 0 as a batch of its own that is held.</summary>
    private async Task<Task<ImagePrediction>> Running(BatchingPredictor batching, CancellationToken cancellationToken = default)
    {
        Task<ImagePrediction> running = batching.PredictAsync(_images.Paths[0], cancellationToken);
        while (_batches.IsEmpty)
        {
            await Task.Delay(1, CancellationToken.None);
        }

        return running;
    }

    private Task<ImagePrediction>[] Predict(BatchingPredictor batching, params int[] indexes) =>
        [.. indexes.Select(i => batching.PredictAsync(_images.Paths[i]))];

    private float[] Features(int index) => _predictor.Predict(_images.Paths[index]).Features.ToArray();
}
