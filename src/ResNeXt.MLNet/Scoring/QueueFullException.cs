namespace ResNeXt.MLNet;

/// <summary>
/// A <see cref="BatchingPredictor"/> holds as many waiting images as its <see cref="BatchingPredictorOptions.QueueCapacity"/> allows, or its
/// <see cref="BatchingPredictorOptions.QueueCapacityPerClient"/> of one client. The
/// image was not accepted; a web server answers 503 (Service Unavailable).
/// </summary>
public sealed class QueueFullException : Exception
{
    internal QueueFullException(int capacity, bool isClient)
        : base(FormattableString.Invariant($"{capacity} images {(isClient ? "of this client " : "")}are waiting already, as many as {(isClient ? "QueueCapacityPerClient" : "QueueCapacity")} allows: try again later or raise it."))
    {
        IsClient = isClient;
    }

    /// <summary>Whether it is this client alone that has too many images waiting; a web server answers 429 (Too Many Requests) then.</summary>
    public bool IsClient { get; }
}
