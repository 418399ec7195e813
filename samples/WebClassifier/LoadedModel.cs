using ResNeXt.MLNet;

namespace WebClassifier;

/// <summary>
/// An open model with its batching. Whoever uses it holds it; when it has been replaced and the last holder has let go, it is drained and freed.
/// </summary>
internal sealed class LoadedModel
{
    /// <summary>A picture of one pixel, a PNG file: what the network is warmed up with.</summary>
    private static readonly byte[] Pixel = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");

    private readonly TaskCompletionSource _freed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _holders = 1; // the one that loaded it

    private LoadedModel(ResNeXtPredictor predictor, BatchingPredictorOptions batching, string name)
    {
        Predictor = predictor;
        Batching = new BatchingPredictor(predictor, batching);
        Name = name;
    }

    public string Name { get; }

    public ResNeXtPredictor Predictor { get; }

    public BatchingPredictor Batching { get; }

    public ResNeXtMetadata Metadata => Predictor.Metadata;

    public DateTimeOffset Loaded { get; } = DateTimeOffset.UtcNow;

    /// <summary>Ends when nobody holds the model any more and its memory is free.</summary>
    public Task Freed => _freed.Task;

    /// <summary>Opens a model file and has it answer once, so that the first request does not pay for it, and a model that cannot answer is none.</summary>
    /// <exception cref="InvalidDataException">The file is not a model of ours, or its answer is not a number.</exception>
    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    /// <exception cref="ArgumentException">A batching option is out of its range.</exception>
    public static async Task<LoadedModel> LoadAsync(ModelOptions options, ImageLimits limits, CancellationToken cancellationToken)
    {
        ResNeXtPredictor predictor = await Task.Run(() => ResNeXtPredictor.Load(options.File, limits: limits, threads: SessionThreads.Server), cancellationToken);
        LoadedModel model;
        try
        {
            model = new LoadedModel(predictor, options.Batching, Path.GetFileName(options.File));
        }
        catch
        {
            predictor.Dispose();
            throw;
        }

        try
        {
            ImagePrediction prediction = await model.Batching.PredictAsync(Pixel, cancellationToken);
            if (!float.IsFinite(prediction.Probability))
            {
                throw new InvalidDataException($"'{options.File}' answers '{prediction.Label}' with the probability {prediction.Probability}: expected a number. Its weights are damaged.");
            }

            if (predictor.HasHeatMaps)
            {
                await Task.Run(() => predictor.HeatMap(Pixel), cancellationToken);
            }

            return model;
        }
        catch
        {
            model.Release();
            throw;
        }
    }

    /// <returns>False when it is too late: the model has been replaced, and is being freed.</returns>
    public bool TryHold()
    {
        int holders = Volatile.Read(ref _holders);
        while (holders > 0)
        {
            int seen = Interlocked.CompareExchange(ref _holders, holders + 1, holders);
            if (seen == holders)
            {
                return true;
            }

            holders = seen;
        }

        return false;
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            _ = FreeAsync();
        }
    }

    private async Task FreeAsync()
    {
        try
        {
            await Batching.DisposeAsync();
            await Task.Run(Predictor.Dispose); // waits for the last run
            _freed.SetResult();
        }
#pragma warning disable CA1031 // whatever it was belongs to the one who waits
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _freed.SetException(exception);
        }
    }
}
