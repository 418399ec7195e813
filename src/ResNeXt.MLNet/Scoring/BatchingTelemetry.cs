using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ResNeXt.MLNet;

/// <summary>
/// Metrics and activities of <see cref="BatchingPredictor"/>, under OpenTelemetry's conventions: dotted names, units in UCUM, seconds,
/// <c>error.type</c>. docs/serving.md lists them; the names are a contract.
/// </summary>
internal sealed class BatchingTelemetry(string model)
{
    public const string Name = "ResNeXt.MLNet";

    private static readonly Meter Meter = new(Name);
    private static readonly ActivitySource Activities = new(Name);

    private static readonly UpDownCounter<int> QueueLength =
        Meter.CreateUpDownCounter<int>("resnext.queue.length", "{image}", "Images that were accepted and wait for their batch.");

    private static readonly Counter<int> Rejected =
        Meter.CreateCounter<int>("resnext.requests.rejected", "{image}", "Images that were refused: the queue was full.");

    private static readonly Counter<int> Failed =
        Meter.CreateCounter<int>("resnext.requests.failed", "{image}", "Images that ended with an error or were cancelled.");

    private static readonly Histogram<double> Waited = Seconds("resnext.queue.duration", "Time from the call to the start of the image's batch.");

    private static readonly Histogram<double> Lasted = Seconds("resnext.request.duration", "Time from the call to its answer.");

    private static readonly Histogram<int> BatchSize = Meter.CreateHistogram(
        "resnext.batch.size", "{image}", "Images in a batch.", advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128] });

    private readonly KeyValuePair<string, object?> _model = new("resnext.model", model);

    /// <summary>The activity of one image, a child of the caller's own.</summary>
    public Activity? StartRequest() => Activities.StartActivity("resnext.predict")?.SetTag(_model.Key, _model.Value);

    /// <summary>The activity of a batch: it has many parents and so links to them.</summary>
    public Activity? StartBatch(IReadOnlyList<BatchingRequest> batch)
    {
        QueueLength.Add(-batch.Count, _model);
        BatchSize.Record(batch.Count, _model);
        foreach (BatchingRequest request in batch)
        {
            Waited.Record(Stopwatch.GetElapsedTime(request.Started).TotalSeconds, _model);
        }

        return !Activities.HasListeners() ? null : Activities.StartActivity(
            "resnext.batch",
            ActivityKind.Internal,
            parentContext: default,
            tags: [_model, new("resnext.batch.size", batch.Count)],
            links: batch.Where(request => request.Trace != default).Select(request => new ActivityLink(request.Trace)));
    }

    /// <summary>A request was accepted.</summary>
    public void Accept() => QueueLength.Add(1, _model);

    /// <summary>A request was answered before its turn, cancelled for one.</summary>
    public void Drop() => QueueLength.Add(-1, _model);

    /// <summary>A request was answered or refused.</summary>
    public void End(long started, Activity? activity, Exception? error)
    {
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        if (error is null)
        {
            Lasted.Record(seconds, _model);
            return;
        }

        var type = new KeyValuePair<string, object?>("error.type", error.GetType().FullName);
        activity?.SetTag(type.Key, type.Value).SetStatus(ActivityStatusCode.Error, error.Message);
        Lasted.Record(seconds, _model, type);
        (error is QueueFullException ? Rejected : Failed).Add(1, _model, type);
    }

    private static Histogram<double> Seconds(string name, string description) => Meter.CreateHistogram(
        name, "s", description, advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });
}
