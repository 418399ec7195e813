using ResNeXt.MLNet;

namespace WebClassifier;

/// <summary>
/// Loads the model file at the start and whenever it has changed: at once where the system reports changes, else at the next look. A file that
/// is still being written is waited for; one that is no model leaves the old one at work.
/// </summary>
internal sealed partial class ModelWatcher(ClassifierOptions options, ModelHost host, ILogger<ModelWatcher> logger) : BackgroundService
{
    private readonly string _file = Path.GetFullPath(ResNeXtPredictor.PathOf(options.Model.File));
    private readonly SemaphoreSlim _reported = new(0);
    private FileStamp? _tried;
    private string? _lastError;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await LoadAsync(FileStamp.Of(_file), cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _reported.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using FileSystemWatcher? watcher = Watch();
        while (true)
        {
            await _reported.WaitAsync(options.Model.PollInterval, stoppingToken);
            FileStamp? stamp = FileStamp.Of(_file);
            if (stamp != _tried)
            {
                await LoadAsync(await SettledAsync(stamp, stoppingToken), stoppingToken);
            }
        }
    }

    /// <returns>Null where the system cannot watch the folder; then only the polling finds changes.</returns>
    private FileSystemWatcher? Watch()
    {
        FileSystemWatcher? watcher = null;
        try
        {
            watcher = new FileSystemWatcher(Path.GetDirectoryName(_file)!, Path.GetFileName(_file));
            watcher.Changed += (_, _) => Report();
            watcher.Created += (_, _) => Report();
            watcher.Renamed += (_, _) => Report();
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (Exception exception) when (exception is IOException or ArgumentException)
        {
            watcher?.Dispose();
            LogNotWatched(_file, options.Model.PollInterval, exception.Message);
            return null;
        }

        void Report()
        {
            if (_reported.CurrentCount == 0)
            {
                _reported.Release();
            }
        }
    }

    /// <summary>Waits until the file has stayed the same for a while.</summary>
    private async Task<FileStamp?> SettledAsync(FileStamp? stamp, CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(options.Model.SettleTime, cancellationToken);
            FileStamp? now = FileStamp.Of(_file);
            if (now == stamp)
            {
                return stamp;
            }

            stamp = now;
        }
    }

    private async Task LoadAsync(FileStamp? stamp, CancellationToken cancellationToken)
    {
        _tried = stamp;
        try
        {
            LoadedModel model = await LoadInTimeAsync(cancellationToken);
            if (FileStamp.Of(_file) != stamp)
            {
                _tried = null; // it changed while it was read: the next look takes the new one
                model.Release();
                return;
            }

            ResNeXtMetadata metadata = model.Metadata;
            LoadedModel? before = host.Replace(model);
            _lastError = null;
            LogLoaded(_file, metadata.Architecture, metadata.Labels.Count, model.Predictor.HasHeatMaps);
            if (before is not null)
            {
                await FreeInTimeAsync(before, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // whatever is wrong with a new file, the server goes on with the old one
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Refuse(exception);
        }
    }

    /// <summary>A model that does not answer is left to itself: its threads cannot be ended, but the next file is not kept waiting.</summary>
    private async Task<LoadedModel> LoadInTimeAsync(CancellationToken cancellationToken)
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<LoadedModel> loading = LoadedModel.LoadAsync(options.Model, options.Uploads.ImageLimits, giveUp.Token);
        try
        {
            return await loading.WaitAsync(options.Model.LoadTimeout, cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            await giveUp.CancelAsync();
            _ = loading.ContinueWith(late => late.Result.Release(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
            throw exception is TimeoutException
                ? new InvalidDataException($"it has not answered within {options.Model.LoadTimeout.TotalSeconds} s (Model:LoadTimeout).")
                : exception;
        }
    }

    /// <summary>Waits, so that as a rule no more than two models are in memory.</summary>
    private async Task FreeInTimeAsync(LoadedModel before, CancellationToken cancellationToken)
    {
        try
        {
            await before.Freed.WaitAsync(options.Model.LoadTimeout, cancellationToken);
            LogFreed();
        }
        catch (TimeoutException)
        {
            LogNotFreed(options.Model.LoadTimeout);
        }
    }

    private void Refuse(Exception exception)
    {
        if (exception is IOException and not FileNotFoundException)
        {
            _tried = null; // locked by the one who writes it, for one: the next look tries again
        }

        if (exception.Message == _lastError)
        {
            return; // said already
        }

        _lastError = exception.Message;
        host.Refuse();
        using ModelLease? old = host.TryAcquire();
        LogRefused(_file, exception.Message, old is null ? "No model is loaded" : "The model loaded before stays at work");
    }

    [LoggerMessage(LogLevel.Information, "Model '{File}' is loaded: {Architecture}, {Labels} labels, heat maps: {HasHeatMaps}.")]
    private partial void LogLoaded(string file, string architecture, int labels, bool hasHeatMaps);

    [LoggerMessage(LogLevel.Information, "The model before is drained and freed.")]
    private partial void LogFreed();

    [LoggerMessage(LogLevel.Warning, "The model before is still at work after {Interval}; it is freed when it has ended.")]
    private partial void LogNotFreed(TimeSpan interval);

    [LoggerMessage(LogLevel.Error, "Model '{File}' is not loaded: {Reason} {Consequence}; the file is watched.")]
    private partial void LogRefused(string file, string reason, string consequence);

    [LoggerMessage(LogLevel.Warning, "The system does not report changes of '{File}', it is looked at every {Interval}: {Reason}")]
    private partial void LogNotWatched(string file, TimeSpan interval, string reason);
}
