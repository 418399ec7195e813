using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ResNeXt.MLNet.Tests;

public sealed class BatchingTelemetryTests : IClassFixture<TestImages>, IDisposable
{
    private readonly TestImages _images;
    private readonly string _model;
    private readonly ResNeXtPredictor _predictor;

    public BatchingTelemetryTests(TestImages images)
    {
        // A name of its own: meters and sources belong to the process, and other tests run beside this one.
        _images = images;
        _model = images.NewFile(".onnx", File.ReadAllBytes(TestImages.TinyModel));
        _predictor = ResNeXtPredictor.Load(_model, ExecutionDevice.Cpu);
    }

    [Fact]
    public async Task Meter_AnswersErrorsAndRefusals_AreCounted()
    {
        var seen = new ConcurrentBag<(string Name, double Value, string? Error)>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == "ResNeXt.MLNet")
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Note(instrument.Name, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument.Name, value, tags));
        listener.Start();

        using var mayScore = new SemaphoreSlim(0);
        int batches = 0;
        await using (var batching = new BatchingPredictor(_predictor, new BatchingPredictorOptions { QueueCapacity = 3 }, (tensor, count) =>
        {
            Interlocked.Increment(ref batches);
            mayScore.Wait();
            return _predictor.Score(tensor, count);
        }))
        {
            Task first = batching.PredictAsync(_images.Paths[0]);
            Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref batches) == 1, TimeSpan.FromSeconds(30)));
            Task[] waiting = [batching.PredictAsync(_images.Paths[1]), batching.PredictAsync(_images.Paths[2]), batching.PredictAsync("gone.jpg")];
            await Assert.ThrowsAsync<QueueFullException>(() => batching.PredictAsync(_images.Paths[3]));
            mayScore.Release(9);
            await first;
            await Assert.ThrowsAsync<FileNotFoundException>(() => Task.WhenAll(waiting));
        }

        Assert.Equal(3, Values("resnext.batch.size").Sum());
        Assert.Equal(4, Values("resnext.queue.length").Count(value => value == 1));
        Assert.Equal(0, Values("resnext.queue.length").Sum());
        Assert.Equal(3, Values("resnext.queue.duration").Count());
        Assert.Equal(5, Values("resnext.request.duration").Count());
        Assert.All(Values("resnext.request.duration"), seconds => Assert.InRange(seconds, 0, 60));
        Assert.Equal("ResNeXt.MLNet.QueueFullException", Assert.Single(seen, item => item.Name == "resnext.requests.rejected").Error);
        Assert.Equal("System.IO.FileNotFoundException", Assert.Single(seen, item => item.Name == "resnext.requests.failed").Error);

        IEnumerable<double> Values(string name) => seen.Where(item => item.Name == name).Select(item => item.Value);

        void Note(string name, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            Dictionary<string, object?> all = new(tags.ToArray());
            if (all["resnext.model"] as string == Path.GetFileName(_model))
            {
                seen.Add((name, value, all.GetValueOrDefault("error.type") as string));
            }
        }
    }

    [Fact]
    public async Task Activities_Batch_LinksToItsRequests()
    {
        var ended = new ConcurrentBag<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "ResNeXt.MLNet" or "caller",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = ended.Add,
        };
        ActivitySource.AddActivityListener(listener);
        using var caller = new ActivitySource("caller");
        using Activity outer = caller.StartActivity("work")!;

        await using (var batching = new BatchingPredictor(_predictor))
        {
            await batching.PredictAsync(_images.Paths[0]);
            await Assert.ThrowsAsync<FileNotFoundException>(() => batching.PredictAsync("gone.jpg"));
        }

        Assert.Same(outer, Activity.Current);
        Activity[] ours = [.. ended.Where(activity => activity.GetTagItem("resnext.model") as string == Path.GetFileName(_model))];
        Activity[] requests = [.. ours.Where(activity => activity.OperationName == "resnext.predict")];
        Assert.All(requests, request => Assert.Equal(outer.SpanId, request.ParentSpanId));
        Activity answered = Assert.Single(requests, request => request.Status == ActivityStatusCode.Unset);
        Activity failed = Assert.Single(requests, request => request.Status == ActivityStatusCode.Error);
        Assert.Equal("System.IO.FileNotFoundException", failed.GetTagItem("error.type"));
        Activity batch = Assert.Single(ours, activity => activity.OperationName == "resnext.batch");
        Assert.Null(batch.Parent);
        Assert.Equal(default, batch.ParentSpanId);
        Assert.Equal(1, batch.GetTagItem("resnext.batch.size"));
        Assert.Equal(answered.SpanId, Assert.Single(batch.Links).Context.SpanId);
    }

    public void Dispose() => _predictor.Dispose();
}
