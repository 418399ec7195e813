using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ResNeXt.Training.Tests;

/// <summary>A web server on this machine that can do what real ones do wrong: every connection is one request, and its answer is bytes.</summary>
internal sealed class LoopbackServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<Request, NetworkStream, Task> _answer;

    /// <param name="answer">Writes the whole answer; then the connection is closed.</param>
    public LoopbackServer(Func<Request, NetworkStream, Task> answer)
    {
        _answer = answer;
        _listener.Start();
        _ = AcceptAsync();
    }

    public ConcurrentQueue<Request> Requests { get; } = new();

    public string Address => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>A client that asks no proxy for a server on this machine.</summary>
    public static HttpClient NewClient() => new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>An address on which nobody listens.</summary>
    public static string ClosedAddress()
    {
        using var server = new LoopbackServer((_, _) => Task.CompletedTask);
        return server.Address;
    }

    /// <summary>Answers with a head and a body, of which only the first bytes may be sent.</summary>
    public static async Task SendAsync(NetworkStream stream, string head, ReadOnlyMemory<byte> body = default)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {head.ReplaceLineEndings("\r\n")}\r\nConnection: close\r\n\r\n"));
        await stream.WriteAsync(body);
    }

    /// <summary>Answers as a server that knows ranges; the connection is cut after so many bytes of the file.</summary>
    public static Task SendFileAsync(Request request, NetworkStream stream, byte[] content, string etag = "\"v1\"", int cut = int.MaxValue)
    {
        int from = request.Headers.GetValueOrDefault("If-Range") == etag ? request.From : 0;
        int end = Math.Clamp(cut, from, content.Length);
        string head = from == 0 ? "200 OK"
            : from == content.Length ? $"416 Range Not Satisfiable\nContent-Range: bytes */{content.Length}"
            : $"206 Partial Content\nContent-Range: bytes {from}-{content.Length - 1}/{content.Length}";
        return SendAsync(stream, $"{head}\nETag: {etag}\nContent-Length: {content.Length - from}", content.AsMemory(from, end - from));
    }

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
                _ = AnswerAsync(client);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                NetworkStream stream = client.GetStream();
                Request request = await ReadAsync(stream);
                Requests.Enqueue(request);
                await _answer(request, stream);
            }
            catch (IOException)
            {
                // the client went away
            }
        }
    }

    private static async Task<Request> ReadAsync(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
        string line = await reader.ReadLineAsync() ?? "";
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (await reader.ReadLineAsync() is { Length: > 0 } header)
        {
            headers[header[..header.IndexOf(':', StringComparison.Ordinal)]] = header[(header.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
        }

        return new Request(line, headers);
    }

    public sealed record Request(string Line, IReadOnlyDictionary<string, string> Headers)
    {
        /// <summary>First byte that is asked for.</summary>
        public int From => Headers.TryGetValue("Range", out string? range) ? int.Parse(range["bytes=".Length..^1], CultureInfo.InvariantCulture) : 0;
    }
}
