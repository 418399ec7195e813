namespace ResNeXt.MLNet;

/// <summary>
/// A <see cref="BatchingPredictor"/> holds as many waiting images as its <see cref="BatchingPredictorOptions.QueueCapacity"/> allows. The
/// image was not accepted; a web server answers 503 (Service Unavailable).
/// </summary>
public sealed class QueueFullException : Exception
{
    internal QueueFullException(int capacity)
        : base(FormattableString.Invariant($"{capacity} images are waiting already, as many as QueueCapacity allows: try again later or raise it."))
    {
    }
}
