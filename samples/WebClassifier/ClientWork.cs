using System.Threading.RateLimiting;

namespace WebClassifier;

/// <summary>So many megapixels for each client: what its images cost to decode by their headers is charged before any of them is decoded.</summary>
internal sealed class ClientWork(ClassifierOptions options) : IAsyncDisposable
{
    /// <summary>Tokens of a megapixel.</summary>
    private const int Fine = 100;

    private readonly LimitOptions _limits = options.Limits;
    private readonly PartitionedRateLimiter<string> _buckets = PartitionedRateLimiter.Create<string, string>(client => RateLimitPartition.GetTokenBucketLimiter(client, _ => new TokenBucketRateLimiterOptions
    {
        TokenLimit = Fine * options.Limits.MegapixelBurst,
        TokensPerPeriod = Fine * options.Limits.MegapixelsPerSecond,
        ReplenishmentPeriod = TimeSpan.FromSeconds(1),
    }));

    /// <param name="client">Who sent the images.</param>
    /// <param name="megapixels">Their work; more than a bucket holds costs a full one.</param>
    /// <exception cref="ProblemException">The client has sent too much lately.</exception>
    public void Charge(string client, double megapixels)
    {
        int tokens = (int)Math.Clamp(Math.Ceiling(Fine * megapixels), 1, Fine * _limits.MegapixelBurst);
        using RateLimitLease lease = _buckets.AttemptAcquire(client, tokens);
        if (!lease.IsAcquired)
        {
            throw new ProblemException(
                StatusCodes.Status429TooManyRequests,
                $"Your images take more work than {_limits.MegapixelBurst} megapixels at once, or {_limits.MegapixelsPerSecond} a second: wait as long as Retry-After says, or send smaller ones.",
                lease.TryGetMetadata(MetadataName.RetryAfter, out TimeSpan wait) ? wait : TimeSpan.FromSeconds(1));
        }
    }

    public ValueTask DisposeAsync() => _buckets.DisposeAsync();
}
