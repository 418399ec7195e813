using CsCheck;

namespace ResNeXt.Training.Tests;

/// <summary>What networks and servers do, done to a download.</summary>
public sealed class FileDownloadTests(Shapes shapes) : IDisposable
{
    private readonly HttpClient _client = LoopbackServer.NewClient();
    private readonly List<string> _log = [];
    private readonly byte[] _content = RandomBytes(1, 300_000);
    private readonly string _partial = Path.Combine(Directory.CreateDirectory(shapes.NewPath()).FullName, "file.partial");

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task RunAsync_CutConnection_GoesOnWhereItEnded()
    {
        using LoopbackServer server = FileServer(cuts: [100_000, 250_000]);

        await Download(server).RunAsync(default);

        Assert.Equal(_content, File.ReadAllBytes(_partial));
        Assert.Equal([0, 100_000, 250_000], server.Requests.Select(request => request.From));
        Assert.Contains("cut after 100,000 bytes. Attempt 2 of 5", _log[0], StringComparison.Ordinal);
    }

    [Fact]
    public void RunAsync_CutsAnywhere_BringTheWholeFile() => Gen.Int[0, 3_000].Array[0, 4].ForAll("0001FT6a1xe0", cuts =>
    {
        byte[] content = _content[..3_000];
        int attempt = 0;
        using var server = new LoopbackServer((request, stream) =>
            LoopbackServer.SendFileAsync(request, stream, content, cut: attempt < cuts.Length ? cuts[attempt++] : int.MaxValue));
        FileDownload download = Download(server);

        download.RunAsync(default).GetAwaiter().GetResult();

        Assert.Equal(content, File.ReadAllBytes(_partial));
        download.Discard();
    });

    [Fact]
    public async Task RunAsync_AnotherVersionMeanwhile_StartsAgain()
    {
        byte[] newer = RandomBytes(2, 200_000);
        int requests = 0;
        using var server = new LoopbackServer((request, stream) => requests++ == 0
            ? LoopbackServer.SendFileAsync(request, stream, _content, "\"v1\"", cut: 100_000)
            : LoopbackServer.SendFileAsync(request, stream, newer, "\"v2\""));

        await Download(server).RunAsync(default);

        Assert.Equal(newer, File.ReadAllBytes(_partial));
    }

    [Theory]
    [InlineData("ETag: \"v1\"")] // ranges are ignored
    [InlineData("ETag: W/\"v1\"")] // not to be joined by
    [InlineData("X-None: none")]
    public async Task RunAsync_ServerWithoutRanges_StartsAgain(string header)
    {
        int requests = 0;
        using var server = new LoopbackServer((_, stream) => LoopbackServer.SendAsync(
            stream, $"200 OK\n{header}\nContent-Length: {_content.Length}", requests++ == 0 ? _content.AsMemory(0, 1000) : _content));

        await Download(server).RunAsync(default);

        Assert.Equal(_content, File.ReadAllBytes(_partial));
    }

    [Fact]
    public async Task RunAsync_WeakTagAndDate_GoesOnByTheDate()
    {
        const string Date = "Tue, 01 Jun 2021 10:00:00 GMT";
        int requests = 0;
        using var server = new LoopbackServer((request, stream) => requests++ == 0
            ? LoopbackServer.SendAsync(stream, $"200 OK\nETag: W/\"v1\"\nLast-Modified: {Date}\nContent-Length: {_content.Length}", _content.AsMemory(0, 1000))
            : LoopbackServer.SendFileAsync(request, stream, _content, Date));

        await Download(server).RunAsync(default);

        Assert.Equal([0, 1000], server.Requests.Select(request => request.From));
        Assert.Equal(_content, File.ReadAllBytes(_partial));
    }

    [Fact]
    public async Task RunAsync_WrongRange_StartsAgain()
    {
        int requests = 0;
        using var server = new LoopbackServer((request, stream) => ++requests == 2
            ? LoopbackServer.SendAsync(stream, $"206 Partial Content\nContent-Range: bytes 5-{_content.Length - 1}/{_content.Length}\nContent-Length: {_content.Length - 5}", _content.AsMemory(5))
            : LoopbackServer.SendFileAsync(request, stream, _content, cut: requests == 1 ? 1000 : int.MaxValue));

        await Download(server).RunAsync(default);

        Assert.Equal([0, 1000, 0], server.Requests.Select(request => request.From));
        Assert.Equal(_content, File.ReadAllBytes(_partial));
    }

    [Fact]
    public async Task RunAsync_WholeFileArrivedBefore_IsDone()
    {
        using LoopbackServer server = FileServer();
        await Download(server).RunAsync(default);

        await Download(server).RunAsync(default);

        Assert.Equal([0, _content.Length], server.Requests.Select(request => request.From));
        Assert.Equal(_content, File.ReadAllBytes(_partial));
    }

    [Fact]
    public async Task RunAsync_SilentServer_IsAskedAgain()
    {
        int requests = 0;
        using var server = new LoopbackServer(async (request, stream) =>
        {
            await LoopbackServer.SendFileAsync(request, stream, _content, cut: requests++ == 0 ? 1000 : int.MaxValue);
            await Task.Delay(requests == 1 ? 5000 : 0);
        });

        await Download(server, patience: 2).RunAsync(default);

        Assert.StartsWith("The server sent nothing for 2 s.", Assert.Single(_log), StringComparison.Ordinal);
        Assert.Equal(_content, File.ReadAllBytes(_partial));
    }

    [Fact]
    public async Task RunAsync_SlowButSteadyServer_IsWaitedFor()
    {
        using var server = new LoopbackServer(async (request, stream) =>
        {
            await LoopbackServer.SendFileAsync(request, stream, _content, cut: 0);
            for (int i = 0; i < 12; i++)
            {
                await Task.Delay(250);
                await stream.WriteAsync(_content.AsMemory(i * _content.Length / 12, _content.Length / 12));
            }
        });

        await Download(server, patience: 2.5).RunAsync(default);

        Assert.Empty(_log);
        Assert.Equal(_content, File.ReadAllBytes(_partial));
    }

    [Fact]
    public async Task RunAsync_NotFound_IsFinal()
    {
        using var server = new LoopbackServer((_, stream) => LoopbackServer.SendAsync(stream, "404 Not Found\nContent-Length: 0"));

        var exception = await Assert.ThrowsAsync<HttpRequestException>(() => Download(server).RunAsync(default));

        Assert.Equal("The server answered 404 (Not Found).", exception.Message);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task RunAsync_BusyServer_IsAskedAgainWhenItSays()
    {
        int requests = 0;
        using var server = new LoopbackServer((request, stream) => requests++ == 0
            ? LoopbackServer.SendAsync(stream, "503 Service Unavailable\nRetry-After: 1\nContent-Length: 0")
            : LoopbackServer.SendFileAsync(request, stream, _content));

        await Download(server).RunAsync(default);

        Assert.Equal("The server answered 503 (Service Unavailable). Attempt 2 of 5 in 1 s.", Assert.Single(_log));
        Assert.Equal(_content, File.ReadAllBytes(_partial));
    }

    [Theory]
    [InlineData(500)]
    [InlineData(429)]
    public async Task RunAsync_ServerThatIsNeverWell_IsGivenUp(int status)
    {
        using var server = new LoopbackServer((_, stream) => LoopbackServer.SendAsync(stream, $"{status} Sorry\nContent-Length: 0"));

        var exception = await Assert.ThrowsAsync<HttpRequestException>(() => Download(server).RunAsync(default));

        Assert.Equal(status, (int)exception.StatusCode!);
        Assert.Equal((5, 4), (server.Requests.Count, _log.Count));
    }

    [Fact]
    public async Task RunAsync_NobodyListens_IsNotRepeated()
    {
        await Assert.ThrowsAsync<HttpRequestException>(() => Download(LoopbackServer.ClosedAddress()).RunAsync(default));

        Assert.Empty(_log);
    }

    [Fact]
    public async Task RunAsync_Redirect_IsFollowedWithTheRange()
    {
        int requests = 0;
        using var server = new LoopbackServer((request, stream) => request.Line.Contains("/file.pth", StringComparison.Ordinal)
            ? LoopbackServer.SendAsync(stream, "302 Found\nLocation: /elsewhere\nContent-Length: 0")
            : LoopbackServer.SendFileAsync(request, stream, _content, cut: requests++ == 0 ? 1000 : int.MaxValue));

        await Download(server).RunAsync(default);

        Assert.Equal(4, server.Requests.Count);
        Assert.Equal(1000, server.Requests.Last().From);
        Assert.Equal(_content, File.ReadAllBytes(_partial));
    }

    [Theory]
    [InlineData("http://example.org/file.pth", "'http://example.org/file.pth'")] // a download must not leave https
    [InlineData("ftp://127.0.0.1/file.pth", "expected an https address")]
    [InlineData("/file.pth", "more than 10 times")]
    public async Task RunAsync_BadRedirect_IsRefused(string location, string mention)
    {
        using var server = new LoopbackServer((_, stream) => LoopbackServer.SendAsync(stream, $"302 Found\nLocation: {location}\nContent-Length: 0"));

        var exception = await Assert.ThrowsAsync<HttpRequestException>(() => Download(server).RunAsync(default));

        Assert.Contains(mention, exception.Message, StringComparison.Ordinal);
        Assert.Empty(_log);
    }

    [Fact]
    public async Task RunAsync_WebPage_IsRefusedAndWhatArrivedKept()
    {
        using (LoopbackServer server = FileServer(cuts: [1000, 0, 0, 0, 0]))
        {
            await Assert.ThrowsAsync<HttpRequestException>(() => Download(server).RunAsync(default));
        }

        using var portal = new LoopbackServer((_, stream) => LoopbackServer.SendAsync(stream, "200 OK\nContent-Type: text/html; charset=utf-8\nContent-Length: 4", "<p/>"u8.ToArray()));
        var exception = await Assert.ThrowsAsync<HttpRequestException>(() => Download(portal).RunAsync(default));

        Assert.Contains("web page", exception.Message, StringComparison.Ordinal);
        Assert.Equal(_content[..1000], File.ReadAllBytes(_partial));
    }

    [Theory]
    [InlineData("Content-Length: 9000000000")]
    [InlineData("X-Length: not told")]
    public async Task RunAsync_TooLong_IsRefused(string header)
    {
        using var server = new LoopbackServer((_, stream) => LoopbackServer.SendAsync(stream, $"200 OK\n{header}", new byte[1_100_000]));

        await Assert.ThrowsAsync<InvalidDataException>(() => Download(server).RunAsync(default));

        Assert.InRange(File.Exists(_partial) ? new FileInfo(_partial).Length : 0, 0, 1_000_000);
    }

    [Fact]
    public async Task RunAsync_Stopped_KeepsWhatArrived()
    {
        using var stop = new CancellationTokenSource();
        using (var server = new LoopbackServer(async (request, stream) =>
        {
            await LoopbackServer.SendFileAsync(request, stream, _content, cut: 100_000);
            await Task.Delay(5000);
        }))
        {
            FileDownload download = Download(server.Address, progress: have => _ = have == 100_000 ? stop.CancelAsync() : null);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => download.RunAsync(stop.Token));
        }

        using LoopbackServer again = FileServer();
        await Download(again).RunAsync(default);

        Assert.Equal(100_000, Assert.Single(again.Requests).From);
        Assert.Equal(_content, File.ReadAllBytes(_partial));
    }

    private static byte[] RandomBytes(int seed, int count)
    {
        byte[] bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Serves the content; the first connections are cut at these places.</summary>
    private LoopbackServer FileServer(params int[] cuts)
    {
        int attempt = 0;
        return new LoopbackServer((request, stream) =>
            LoopbackServer.SendFileAsync(request, stream, _content, cut: attempt < cuts.Length ? cuts[attempt++] : int.MaxValue));
    }

    private FileDownload Download(LoopbackServer server, double patience = 20) => Download(server.Address, patience);

    private FileDownload Download(string address, double patience = 20, Action<long>? progress = null) => new(
        new DownloadOptions
        {
            Client = _client,
            Log = _log.Add,
            Progress = (have, _) => progress?.Invoke(have),
            Patience = TimeSpan.FromSeconds(patience),
            Pause = TimeSpan.Zero,
        },
        new Uri(address + "/file.pth"),
        _partial,
        limit: 1_000_000);
}
