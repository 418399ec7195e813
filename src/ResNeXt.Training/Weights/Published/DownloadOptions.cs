namespace ResNeXt.Training;

/// <summary>How patient a download is and whom it tells.</summary>
internal sealed record DownloadOptions
{
    /// <summary>Follows no redirect by itself.</summary>
    public required HttpClient Client { get; init; }

    /// <summary>What a person should know, a line each.</summary>
    public required Action<string> Log { get; init; }

    /// <summary>Told the bytes that are there, and how many there will be where the server says it.</summary>
    public required Action<long, long?> Progress { get; init; }

    /// <summary>A connection that brings no byte for so long is given up.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The wait before the second attempt; it doubles from one to the next.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A client for <see cref="Client"/>. It takes the proxy that the environment names.</summary>
    public static HttpClient NewClient() => new(new SocketsHttpHandler { AllowAutoRedirect = false })
    {
        Timeout = Timeout.InfiniteTimeSpan, // a large file takes its time; Patience bounds the silence, also that before the connection
        DefaultRequestHeaders = { { "User-Agent", "resnext-dotnet" } },
    };
}
