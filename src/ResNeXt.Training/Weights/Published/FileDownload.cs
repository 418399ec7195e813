using System.Net;
using System.Net.Http.Headers;

namespace ResNeXt.Training;

/// <summary>
/// Fetches one file into a partial file that outlives cut connections and stops: the next attempt, or the next process, goes on where it ends.
/// A file beside it keeps the server's mark of the version (RFC 9110, If-Range), so that halves of two versions are never joined.
/// </summary>
/// <param name="options">Patience, and whom to tell.</param>
/// <param name="address">Where the file is: https, or http on this machine.</param>
/// <param name="partial">Where it goes.</param>
/// <param name="limit">The most bytes it may have.</param>
internal sealed class FileDownload(DownloadOptions options, Uri address, string partial, long limit)
{
    private const int Attempts = 5;
    private const int Redirects = 10;
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);
    private TimeSpan _askedPause; // Retry-After of the last answer
    private bool _reached;

    private string VersionFile => partial + ".version";

    /// <exception cref="HttpRequestException">The file cannot be had from the server, now or at all; what has arrived is kept.</exception>
    /// <exception cref="InvalidDataException">The file is longer than it may be.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        TimeSpan pause = options.Pause;
        for (int attempt = 1; ; attempt++, pause *= 2)
        {
            try
            {
                await AttemptAsync(cancellation);
                return;
            }
            catch (HttpRequestException exception) when (attempt < Attempts && MayPass(exception))
            {
                TimeSpan wait = TimeSpan.FromTicks(Math.Max(pause.Ticks, Math.Min(_askedPause.Ticks, LongestPause.Ticks)));
                options.Log(FormattableString.Invariant($"{exception.Message} Attempt {attempt + 1} of {Attempts} in {wait.TotalSeconds:0.#} s."));
                await Task.Delay(wait, cancellation);
            }
        }
    }

    /// <summary>Removes what has arrived.</summary>
    public void Discard()
    {
        File.Delete(partial);
        File.Delete(VersionFile);
    }

    /// <summary>Whether another attempt can help. A server that was never reached is no reason to wait: there may be no network.</summary>
    private bool MayPass(HttpRequestException exception) => exception switch
    {
        { StatusCode: HttpStatusCode status } => status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)status >= 500,
        { HttpRequestError: HttpRequestError.Unknown or HttpRequestError.ResponseEnded } => true,
        { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.ProxyTunnelError } => _reached,
        _ => false,
    };

    private async Task AttemptAsync(CancellationToken cancellation)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        silence.CancelAfter(options.Patience);
        _askedPause = TimeSpan.Zero;
        try
        {
            string? version = File.Exists(VersionFile) ? File.ReadAllText(VersionFile) : null;
            long have = version is not null && File.Exists(partial) ? new FileInfo(partial).Length : 0;
            using HttpResponseMessage response = await SendAsync(have, version, silence.Token);
            _reached = true;
            _askedPause = response.Headers.RetryAfter?.Delta ?? TimeSpan.Zero;
            ContentRangeHeaderValue? range = response.Content.Headers.ContentRange;
            switch (response.StatusCode)
            {
                case HttpStatusCode.OK:
                    have = 0; // the first time, another version, or a server that knows no ranges
                    break;
                case HttpStatusCode.PartialContent when have > 0 && range?.From == have:
                    break;
                case HttpStatusCode.RequestedRangeNotSatisfiable when have > 0 && range?.Length == have:
                    return; // all of it had arrived before
                case HttpStatusCode.PartialContent or HttpStatusCode.RequestedRangeNotSatisfiable when have > 0:
                    Discard();
                    throw new HttpRequestException("The server does not go on where the download ended: it starts again.");
                default:
                    throw new HttpRequestException($"The server answered {(int)response.StatusCode} ({response.ReasonPhrase}).", null, response.StatusCode);
            }

            await SaveAsync(response, have, silence);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError, FormattableString.Invariant($"The server sent nothing for {options.Patience.TotalSeconds:0.#} s."));
        }
    }

    /// <summary>Asks for the bytes from <paramref name="have"/> on. Redirects are followed here, to see that none leaves https.</summary>
    private async Task<HttpResponseMessage> SendAsync(long have, string? version, CancellationToken cancellation)
    {
        Uri at = address;
        for (int i = 0; i <= Redirects; i++)
        {
            if (at.Scheme != Uri.UriSchemeHttps && !(at.Scheme == Uri.UriSchemeHttp && at.IsLoopback))
            {
                throw new HttpRequestException(HttpRequestError.InvalidResponse, $"The server sends us to '{at}': expected an https address.");
            }

            using var request = new HttpRequestMessage(HttpMethod.Get, at);
            if (have > 0)
            {
                request.Headers.Range = new RangeHeaderValue(have, null);
                request.Headers.TryAddWithoutValidation("If-Range", version);
            }

            HttpResponseMessage response = await options.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            if ((int)response.StatusCode is not (301 or 302 or 303 or 307 or 308) || response.Headers.Location is not Uri next)
            {
                return response;
            }

            response.Dispose();
            at = new Uri(at, next);
        }

        throw new HttpRequestException(HttpRequestError.InvalidResponse, $"The server sends us on more than {Redirects} times.");
    }

    private async Task SaveAsync(HttpResponseMessage response, long have, CancellationTokenSource silence)
    {
        HttpContentHeaders headers = response.Content.Headers;
        if (headers.ContentType?.MediaType == "text/html")
        {
            throw new HttpRequestException(HttpRequestError.InvalidResponse, "The server sent a web page instead of the file: a proxy or a login may stand between.");
        }

        long? total = have + headers.ContentLength;
        RequireWithinLimit(total ?? 0);
        await using var file = new FileStream(partial, have > 0 ? FileMode.Append : FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        if (have == 0)
        {
            File.Delete(VersionFile);
            if ((response.Headers.ETag is { IsWeak: false } tag ? tag.Tag : headers.LastModified?.ToString("r")) is string version)
            {
                File.WriteAllText(VersionFile, version);
            }
        }

        await using Stream body = await response.Content.ReadAsStreamAsync(silence.Token);
        byte[] buffer = new byte[1 << 17];
        for (int read; (read = await ReadAsync(body, buffer, have, silence.Token)) > 0;)
        {
            silence.CancelAfter(options.Patience);
            have += read;
            RequireWithinLimit(have);
            file.Write(buffer.AsSpan(0, read));
            options.Progress(have, total);
        }

        file.Flush(flushToDisk: true);
    }

    /// <summary>A read whose failure is the network's, not the disk's.</summary>
    private static async Task<int> ReadAsync(Stream body, byte[] buffer, long have, CancellationToken cancellation)
    {
        try
        {
            return await body.ReadAsync(buffer, cancellation);
        }
        catch (IOException exception)
        {
            throw new HttpRequestException(HttpRequestError.ResponseEnded, FormattableString.Invariant($"The connection was cut after {have:N0} bytes."), exception);
        }
    }

    private void RequireWithinLimit(long bytes)
    {
        if (bytes > limit)
        {
            throw new InvalidDataException(FormattableString.Invariant($"The server sends {bytes:N0} bytes or more: expected at most {limit:N0}."));
        }
    }
}
