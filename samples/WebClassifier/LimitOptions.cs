namespace WebClassifier;

/// <summary>The section <c>Limits</c>: how much of the server one client, or one request, may have.</summary>
internal sealed record LimitOptions
{
    /// <summary>The longest that a request may take, its upload included.</summary>
    /// <value>100 milliseconds to 1 hour. The default is 30 seconds.</value>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Requests a second that a client may make in the long run; a client is an IPv4 address or the /64 of an IPv6 one.</summary>
    /// <value>1 to 1,000,000. The default is 20.</value>
    public int RequestsPerSecond { get; init; } = 20;

    /// <summary>Requests that a client may make at once, after a pause.</summary>
    /// <value><see cref="RequestsPerSecond"/> to 1,000,000. The default is 100.</value>
    public int Burst { get; init; } = 100;

    /// <summary>
    /// Megapixels a second that a client may send in the long run, as the headers of its images tell the work: a large photo that is shrunk while it is
    /// decoded counts a fifth, a progressive JPEG or an interlaced PNG up to three times.
    /// </summary>
    /// <value>1 to 1,000,000. The default is 20, which keeps half a core busy.</value>
    public int MegapixelsPerSecond { get; init; } = 20;

    /// <summary>Megapixels that a client may send at once, after a pause.</summary>
    /// <value><see cref="MegapixelsPerSecond"/> to 1,000,000. The default is 300, a form of sixteen photos of phones.</value>
    public int MegapixelBurst { get; init; } = 300;

    /// <summary>Heat maps that are computed at a time: each is a run of the network for one image alone, and must not starve the batches.</summary>
    /// <value>1 to 64. The default is 1.</value>
    public int HeatMapsAtOnce { get; init; } = 1;

    /// <summary>Heat maps that may wait for their turn; one more is refused with 503.</summary>
    /// <value>0 to 100,000. The default is 64.</value>
    public int HeatMapsWaiting { get; init; } = 64;

    internal void Validate()
    {
        ClassifierOptions.Require(RequestTimeout >= TimeSpan.FromSeconds(0.1) && RequestTimeout <= TimeSpan.FromHours(1), "Limits:RequestTimeout", RequestTimeout, "00:00:00.1 to 01:00:00");
        ClassifierOptions.Require(RequestsPerSecond is >= 1 and <= 1_000_000, "Limits:RequestsPerSecond", RequestsPerSecond, "1 to 1000000 requests");
        ClassifierOptions.Require(Burst >= RequestsPerSecond && Burst <= 1_000_000, "Limits:Burst", Burst, $"Limits:RequestsPerSecond ({RequestsPerSecond}) to 1000000 requests");
        ClassifierOptions.Require(MegapixelsPerSecond is >= 1 and <= 1_000_000, "Limits:MegapixelsPerSecond", MegapixelsPerSecond, "1 to 1000000 megapixels");
        ClassifierOptions.Require(MegapixelBurst >= MegapixelsPerSecond && MegapixelBurst <= 1_000_000, "Limits:MegapixelBurst", MegapixelBurst, $"Limits:MegapixelsPerSecond ({MegapixelsPerSecond}) to 1000000 megapixels");
        ClassifierOptions.Require(HeatMapsAtOnce is >= 1 and <= 64, "Limits:HeatMapsAtOnce", HeatMapsAtOnce, "1 to 64");
        ClassifierOptions.Require(HeatMapsWaiting is >= 0 and <= 100_000, "Limits:HeatMapsWaiting", HeatMapsWaiting, "0 to 100000");
    }
}
