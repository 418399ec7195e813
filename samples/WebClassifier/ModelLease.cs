namespace WebClassifier;

/// <summary>A request's hold on the model that answers it: a reload does not pull it away.</summary>
internal sealed class ModelLease(LoadedModel model) : IDisposable
{
    private LoadedModel? _held = model;

    public LoadedModel Model { get; } = model;

    public void Dispose() => Interlocked.Exchange(ref _held, null)?.Release();
}
