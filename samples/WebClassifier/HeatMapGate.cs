using System.Diagnostics.Metrics;
using ResNeXt.MLNet;

namespace WebClassifier;

/// <summary>Computes heat maps, a few at a time: each is a run of the network by itself, beside the batches.</summary>
internal sealed class HeatMapGate(ClassifierOptions options) : IDisposable
{
    private static readonly Meter Meter = new(ModelHost.MeterName);
    private static readonly UpDownCounter<int> Waiting = Meter.CreateUpDownCounter<int>("webclassifier.heatmaps.waiting", "{image}", "Heat maps that wait for their turn.");

    private readonly SemaphoreSlim _free = new(options.Limits.HeatMapsAtOnce);
    private int _unfinished;

    /// <param name="model">The model; held by the caller.</param>
    /// <param name="image">An image.</param>
    /// <param name="label">One of the model's labels.</param>
    /// <param name="cancellationToken">Ends the wait at once; a map that is being computed keeps its place until it is done.</param>
    /// <exception cref="InvalidDataException">The image is damaged or too large.</exception>
    /// <exception cref="ProblemException">Too many are waiting.</exception>
    public async Task<HeatMap> ComputeAsync(LoadedModel model, UploadedImage image, string label, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _unfinished) > options.Limits.HeatMapsWaiting + options.Limits.HeatMapsAtOnce)
        {
            Interlocked.Decrement(ref _unfinished);
            throw new ProblemException(503, "The server has as many heat maps waiting as it takes: ask again in a second, or without heatmap.", TimeSpan.FromSeconds(1));
        }

        try
        {
            await WaitAsync(cancellationToken);
        }
        catch
        {
            Interlocked.Decrement(ref _unfinished);
            throw;
        }

        return await Task.Run(Compute, CancellationToken.None).WaitAsync(cancellationToken);

        HeatMap Compute()
        {
            try
            {
                return model.Predictor.HeatMap(image.Content.Span, label);
            }
            finally
            {
                _free.Release();
                Interlocked.Decrement(ref _unfinished);
            }
        }
    }

    public void Dispose() => _free.Dispose();

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        Waiting.Add(1);
        try
        {
            await _free.WaitAsync(cancellationToken);
        }
        finally
        {
            Waiting.Add(-1);
        }
    }
}
