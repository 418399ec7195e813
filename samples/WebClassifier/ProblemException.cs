namespace WebClassifier;

/// <summary>A request that ends with an error the client is told about.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="message">What is wrong, what was expected, what to do; for strangers' eyes.</param>
/// <param name="retryAfter">When to try again, where that helps.</param>
internal sealed class ProblemException(int status, string message, TimeSpan? retryAfter = null) : Exception(message)
{
    public int Status { get; } = status;

    public TimeSpan? RetryAfter { get; } = retryAfter;
}
