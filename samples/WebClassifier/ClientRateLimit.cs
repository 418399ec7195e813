using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;

namespace WebClassifier;

/// <summary>So many requests for each client, and so much work: buckets of tokens that fill steadily.</summary>
internal static class ClientRateLimit
{
    public const string PolicyName = "client";

    public static void AddClientRateLimit(this IServiceCollection services, LimitOptions limits) => services.AddRateLimiter(limiter =>
    {
        var bucket = new TokenBucketRateLimiterOptions
        {
            TokenLimit = limits.Burst,
            TokensPerPeriod = limits.RequestsPerSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
        };
        limiter.AddPolicy(PolicyName, context => RateLimitPartition.GetTokenBucketLimiter(Client(context), _ => bucket));
        limiter.OnRejected = async (rejected, _) =>
        {
            TimeSpan wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out TimeSpan time) ? time : bucket.ReplenishmentPeriod;
            Problems.SetRetryAfter(rejected.HttpContext.Response, wait);
            await Problems.Of(429, $"You sent more than {limits.Burst} requests at once, or {limits.RequestsPerSecond} a second: wait as long as Retry-After says.")
                .ExecuteAsync(rejected.HttpContext);
        };
    });

    /// <summary>Who sent a request: its address.</summary>
    public static string Client(HttpContext context) => Client(context.Connection.RemoteIpAddress);

    /// <summary>An IPv4 address as it is; of an IPv6 one the first 64 bits, for a household has all that begin with them.</summary>
    internal static string Client(IPAddress? address)
    {
        if (address is null || address.AddressFamily == AddressFamily.InterNetwork)
        {
            return $"{address}";
        }

        return address.IsIPv4MappedToIPv6 ? $"{address.MapToIPv4()}" : Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8));
    }
}
