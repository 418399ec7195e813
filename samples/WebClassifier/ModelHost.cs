using System.Diagnostics.Metrics;

namespace WebClassifier;

/// <summary>The model that answers now, and the exchange of it.</summary>
internal sealed class ModelHost : IAsyncDisposable
{
    public const string MeterName = "WebClassifier";

    private static readonly Meter Meter = new(MeterName);
    private static readonly Counter<int> Loads = Meter.CreateCounter<int>("webclassifier.model.loads", "{load}", "Attempts to load the model file, by outcome.");

    private LoadedModel? _current;

    /// <exception cref="ProblemException">No model is loaded.</exception>
    public ModelLease Acquire() => TryAcquire() ?? throw new ProblemException(
        StatusCodes.Status503ServiceUnavailable, "No model is loaded: the server's log says what is wrong with the file in the setting Model:File.", TimeSpan.FromSeconds(5));

    public ModelLease? TryAcquire()
    {
        // A model that can no longer be held has just been replaced: the next look finds its successor.
        while (Volatile.Read(ref _current) is LoadedModel model)
        {
            if (model.TryHold())
            {
                return new ModelLease(model);
            }
        }

        return null;
    }

    /// <summary>Requests from now on go to this model; those under way end with the one they began with.</summary>
    /// <returns>The one before, which is freed after its last request.</returns>
    public LoadedModel? Replace(LoadedModel? model)
    {
        if (model is not null)
        {
            IsDegraded = false;
            Count("loaded");
        }

        LoadedModel? before = Interlocked.Exchange(ref _current, model);
        before?.Release();
        return before;
    }

    /// <summary>Whether the file that is there now was refused, so that an older model answers, or none.</summary>
    public bool IsDegraded { get; private set; }

    /// <summary>A file was no model; what is loaded stays.</summary>
    public void Refuse()
    {
        IsDegraded = true;
        Count("refused");
    }

    public async ValueTask DisposeAsync()
    {
        if (Replace(null) is LoadedModel model)
        {
            await model.Freed;
        }
    }

    private static void Count(string outcome) => Loads.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
}
