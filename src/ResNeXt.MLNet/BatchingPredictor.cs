using System.Collections.Concurrent;
using System.Diagnostics;

namespace ResNeXt.MLNet;

/// <summary>
/// Predicts for many callers at once, as a web server has them: images that arrive together run through the network as one batch. Each caller
/// gets its own answer or its own error, and the answer is the one that <see cref="ResNeXtPredictor"/> gives for the image alone.
/// </summary>
/// <remarks>
/// A program holds one for each model. It has threads of its own: <see cref="BatchingPredictorOptions.Decoders"/> and one that runs the
/// batches. docs/serving.md shows it in a web server and lists its metrics and activities.
/// </remarks>
/// <example><code>
/// using ResNeXtPredictor predictor = ResNeXtPredictor.Load("model.onnx");
/// await using var batching = new BatchingPredictor(predictor);
/// ImagePrediction prediction = await batching.PredictAsync(bytes, cancellationToken);
/// </code></example>
public sealed class BatchingPredictor : IAsyncDisposable
{
    private readonly ResNeXtPredictor _predictor;
    private readonly BatchingPredictorOptions _options;
    private readonly Func<TensorBatch, int, ImagePrediction[]> _score;
    private readonly BatchingTelemetry _telemetry;
    private readonly TensorBatch _tensor;

    // Every accepted request goes through both queues, of turns and of pixels, answered or not, and is counted as waiting until it leaves the second: so the gathering
    // knows whether to wait for more, and the count can neither leak nor drift. The second is bounded, because in it are pixels.
    private readonly FairQueue<BatchingRequest> _turns;
    private readonly BlockingCollection<bool> _accepted = []; // one for each of those above
    private readonly BlockingCollection<BatchingRequest> _decoded;
    private readonly Lock _gate = new();
    private readonly Task _work;
    private int _waiting;
    private Task? _ending;
    private volatile bool _isAbandoned;

    /// <summary>Starts the threads.</summary>
    /// <param name="predictor">The network; stays the caller's, and must not be disposed before this is.</param>
    /// <param name="options">Sizes and times; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of its range; the message names it.</exception>
    public BatchingPredictor(ResNeXtPredictor predictor, BatchingPredictorOptions? options = null)
        : this(predictor, options, (predictor ?? throw new ArgumentNullException(nameof(predictor))).Score)
    {
    }

    /// <param name="predictor">The network.</param>
    /// <param name="options">Sizes and times.</param>
    /// <param name="score">Runs a batch; the tests put failures and delays here.</param>
    internal BatchingPredictor(ResNeXtPredictor predictor, BatchingPredictorOptions? options, Func<TensorBatch, int, ImagePrediction[]> score)
    {
        _predictor = predictor;
        _options = (options ?? new BatchingPredictorOptions()).Validated();
        _score = score;
        _telemetry = new BatchingTelemetry(predictor.ModelName);
        _tensor = new TensorBatch(_options.MaxBatchSize, predictor.Metadata.Preprocessing.ImageSize);
        _turns = new FairQueue<BatchingRequest>(Math.Min(_options.QueueCapacityPerClient, _options.QueueCapacity));
        _decoded = new BlockingCollection<BatchingRequest>(_options.MaxBatchSize);

        // The threads outlive the caller: its activity and its other ambient values are not theirs.
        using AsyncFlowControl _ = ExecutionContext.SuppressFlow();
        Task scoring = Start(ScoreBatches);
        Task decoding = Task.WhenAll(Enumerable.Range(0, _options.Decoders).Select(_ => Start(Decode)));
        _work = Task.WhenAll(decoding.ContinueWith(_ => _decoded.CompleteAdding(), TaskScheduler.Default), scoring);
    }

    /// <summary>What the model file says of itself.</summary>
    public ResNeXtMetadata Metadata => _predictor.Metadata;

    /// <summary>Predicts an image file.</summary>
    /// <param name="imagePath">JPEG, PNG, GIF, BMP or WebP.</param>
    /// <param name="cancellationToken">Ends the wait at once; the image is not computed unless its batch has begun, and counts in the queue until its turn.</param>
    /// <exception cref="QueueFullException">Too many images are waiting; this one was not accepted.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read, or is a folder.</exception>
    /// <exception cref="InvalidDataException">The file is not an image, is damaged or too large.</exception>
    /// <exception cref="InvalidOperationException">The batch as a whole failed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The predictor has been disposed.</exception>
    public Task<ImagePrediction> PredictAsync(string imagePath, CancellationToken cancellationToken = default) =>
        PredictAsync(ImageSource.FromFile(imagePath), null, 0, cancellationToken);

    /// <summary>Predicts an encoded image.</summary>
    /// <param name="encoded">
    /// A whole image file. It is read after this call returns: do not change it before the task ends, and after a cancellation do not free
    /// native memory behind it.
    /// </param>
    /// <param name="cancellationToken">Ends the wait at once; the image is not computed unless its batch has begun, and counts in the queue until its turn.</param>
    /// <inheritdoc cref="PredictAsync(string, CancellationToken)" path="/exception"/>
    public Task<ImagePrediction> PredictAsync(ReadOnlyMemory<byte> encoded, CancellationToken cancellationToken = default) =>
        PredictAsync(FromMemory(encoded), null, 0, cancellationToken);

    /// <summary>Predicts an encoded image of one client among many: turns go around by the work that each client's images take, and none fills the queue.</summary>
    /// <param name="encoded">
    /// A whole image file. It is read after this call returns: do not change it before the task ends, and after a cancellation do not free
    /// native memory behind it.
    /// </param>
    /// <param name="client">Whose image it is: an address, an account. Images without a client count as one client's.</param>
    /// <param name="cancellationToken">Ends the wait at once; the image is not computed unless its batch has begun, and counts in the queue until its turn.</param>
    /// <inheritdoc cref="PredictAsync(string, CancellationToken)" path="/exception"/>
    public Task<ImagePrediction> PredictAsync(ReadOnlyMemory<byte> encoded, string client, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        double work = 0;
        try
        {
            work = _predictor.ReadHeader(encoded.Span).Work;
        }
        catch (InvalidDataException)
        {
            // No work, and the same error in its turn.
        }

        return PredictAsync(FromMemory(encoded), client, work, cancellationToken);
    }

    /// <summary>
    /// Refuses new images, lets the accepted ones finish for <see cref="BatchingPredictorOptions.DrainTimeout"/>, and ends the threads. What still
    /// waits then fails with <see cref="ObjectDisposedException"/>. May be called twice.
    /// </summary>
    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            return new ValueTask(_ending ??= EndAsync());
        }
    }

    private static Task Start(Action loop) =>
        Task.Factory.StartNew(loop, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static ImageSource FromMemory(ReadOnlyMemory<byte> encoded) => new("image", orientation => ImageDecoder.Decode(encoded.Span, "image", orientation));

    private async Task<ImagePrediction> PredictAsync(ImageSource image, string? client, double work, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using Activity? activity = _telemetry.StartRequest();
        var request = new BatchingRequest(image, activity?.Context ?? default);
        Exception? error = null;
        try
        {
            Accept(request, client, work);
            using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
                static (state, token) => ((BatchingRequest)state!).Cancel(token), request);
            return await request.Answer.ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            error = exception;
            throw;
        }
        finally
        {
            _telemetry.End(request.Started, activity, error);
        }
    }

    /// <param name="request">The image.</param>
    /// <param name="client">Whose it is; null for no client's, which only the queue's own capacity bounds.</param>
    /// <param name="decoding">The work of decoding it, in megapixels; running it through the network counts as another.</param>
    private void Accept(BatchingRequest request, string? client, double decoding)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_ending is not null, this);
            if (Volatile.Read(ref _waiting) >= _options.QueueCapacity)
            {
                throw new QueueFullException(_options.QueueCapacity, isClient: false);
            }

            if (!_turns.TryAdd(request, client, 1 + decoding))
            {
                throw new QueueFullException(_options.QueueCapacityPerClient, isClient: true);
            }

            Interlocked.Increment(ref _waiting);
            _accepted.Add(true);
        }

        _telemetry.Accept();
    }

    /// <summary>What each decoding thread does.</summary>
    private void Decode()
    {
        foreach (bool _ in _accepted.GetConsumingEnumerable())
        {
            BatchingRequest request = _turns.Take();
            if (!request.Answer.IsCompleted && !_isAbandoned)
            {
                request.Prepare(Metadata.Preprocessing, _predictor.Decoding, _predictor.Preprocessor);
            }

            _decoded.Add(request);
        }
    }

    /// <summary>What the thread of the batches does. Whatever fails is the answer of those in the batch; the next one starts afresh.</summary>
    private void ScoreBatches()
    {
        var batch = new List<BatchingRequest>(_options.MaxBatchSize);
        foreach (BatchingRequest first in _decoded.GetConsumingEnumerable())
        {
            batch.Clear();
            try
            {
                Gather(first, batch);
                Score(batch);
            }
            catch (Exception exception)
            {
                batch.ForEach(request => request.Fail(new InvalidOperationException($"A batch of {batch.Count} images failed: {exception.Message}", exception)));
            }
        }
    }

    /// <summary>Waits only for images that are on their way: with none, a lone image runs at once.</summary>
    private void Gather(BatchingRequest first, List<BatchingRequest> batch)
    {
        long start = Stopwatch.GetTimestamp();
        Take(first, batch);
        while (batch.Count < _options.MaxBatchSize && _decoded.TryTake(out BatchingRequest? next, Patience(start)))
        {
            Take(next, batch);
        }
    }

    private TimeSpan Patience(long start)
    {
        TimeSpan left = _options.MaxDelay - Stopwatch.GetElapsedTime(start);
        return Volatile.Read(ref _waiting) > 0 && left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <summary>The request leaves the queue; one that is answered already gets no place.</summary>
    private void Take(BatchingRequest request, List<BatchingRequest> batch)
    {
        Interlocked.Decrement(ref _waiting);
        if (_isAbandoned)
        {
            request.Fail(new ObjectDisposedException(
                nameof(BatchingPredictor), $"It was disposed, and {_options.DrainTimeout} did not suffice for the images that were waiting."));
        }

        if (request.Answer.IsCompleted)
        {
            request.Release();
            _telemetry.Drop();
        }
        else
        {
            batch.Add(request);
        }
    }

    private void Score(List<BatchingRequest> batch)
    {
        if (batch.Count == 0)
        {
            return;
        }

        using Activity? activity = _telemetry.StartBatch(batch);
        for (int i = 0; i < batch.Count; i++)
        {
            batch[i].CopyTo(_tensor, i, Metadata.Preprocessing.ByteCount);
            batch[i].Release();
        }

        ImagePrediction[] predictions = _score(_tensor, batch.Count);
        for (int i = 0; i < batch.Count; i++)
        {
            if (_predictor.Fault(predictions[i]) is Exception fault)
            {
                batch[i].Fail(fault);
            }
            else
            {
                batch[i].Succeed(predictions[i]);
            }
        }
    }

    private async Task EndAsync()
    {
        _accepted.CompleteAdding();
        try
        {
            await _work.WaitAsync(_options.DrainTimeout).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _isAbandoned = true;
            await _work.ConfigureAwait(false);
        }

        _accepted.Dispose();
        _decoded.Dispose();
    }
}
