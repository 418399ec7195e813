using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ResNeXt.Samples.Tests;

public sealed class LimitsTests
{
    private static readonly Uri Classify = new("api/classify", UriKind.Relative);

    [Fact]
    public async Task Queue_Full_503WithRetryAfterAndTheOthersAreAnswered()
    {
        await using ServerProcess server = await RunningClassifier.StartAsync(
            "--Uploads:MaxFiles=1", "--Model:Batching:QueueCapacity=1", "--Model:Batching:MaxBatchSize=1", "--Model:Batching:Decoders=1");
        byte[] large = DrawnImages.Toy(5, 1600, 1200); // long to decode
        HttpResponseMessage[] responses = await Task.WhenAll(Enumerable.Range(0, 24).Select(_ => server.Client.PostAsync(Classify, RunningClassifier.Body(large))));

        Assert.Contains(responses, response => response.StatusCode == HttpStatusCode.OK);
        HttpResponseMessage[] refused = [.. responses.Where(response => response.StatusCode != HttpStatusCode.OK)];
        Assert.NotEmpty(refused);
        foreach (HttpResponseMessage response in refused)
        {
            Assert.Contains("as many images waiting as it takes", await RunningClassifier.AssertProblemAsync(response, HttpStatusCode.ServiceUnavailable), StringComparison.Ordinal);
            Assert.Equal(TimeSpan.FromSeconds(1), response.Headers.RetryAfter?.Delta);
        }

        await RunningClassifier.PostAsync(server.Client, "api/classify", RunningClassifier.Body(DrawnImages.Toy(0))); // it has recovered
    }

    [Fact]
    public async Task HeatMaps_TooMany_503AndClassificationGoesOn()
    {
        await using ServerProcess server = await RunningClassifier.StartAsync("--Uploads:MaxFiles=1", "--Limits:HeatMapsAtOnce=1", "--Limits:HeatMapsWaiting=0");
        byte[] large = DrawnImages.Toy(5, 1600, 1200);
        HttpResponseMessage[] maps = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ =>
            server.Client.PostAsync(new Uri("api/classify?heatmap=true", UriKind.Relative), RunningClassifier.Body(large))));
        Assert.Contains(maps, response => response.StatusCode == HttpStatusCode.OK);
        HttpResponseMessage refused = maps.First(response => response.StatusCode != HttpStatusCode.OK);
        Assert.Contains("heat maps waiting", await RunningClassifier.AssertProblemAsync(refused, HttpStatusCode.ServiceUnavailable), StringComparison.Ordinal);
        await RunningClassifier.PostAsync(server.Client, "api/classify", RunningClassifier.Body(DrawnImages.Toy(0)));
    }

    [Fact]
    public async Task Client_AsksTooOften_429UntilItHasWaited()
    {
        await using ServerProcess server = await ServerProcess.StartAsync("--Limits:Burst=3", "--Limits:RequestsPerSecond=1");
        HttpResponseMessage[] responses = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => server.Client.PostAsync(Classify, RunningClassifier.Body(DrawnImages.Toy(0)))));
        HttpResponseMessage[] refused = [.. responses.Where(response => response.StatusCode != HttpStatusCode.OK)];

        Assert.InRange(refused.Length, 1, 5);
        Assert.Contains("more than 3 requests at once, or 1 a second", await RunningClassifier.AssertProblemAsync(refused[0], HttpStatusCode.TooManyRequests), StringComparison.Ordinal);
        TimeSpan wait = Assert.NotNull(refused[0].Headers.RetryAfter?.Delta);
        Assert.Equal("""{"status":"live"}""", await server.Client.GetStringAsync(new Uri("health/live", UriKind.Relative))); // not limited
        await Task.Delay(wait + TimeSpan.FromSeconds(1.2));
        await RunningClassifier.PostAsync(server.Client, "api/classify", RunningClassifier.Body(DrawnImages.Toy(0)));
    }

    [Fact]
    public async Task Client_SendsCostlyImages_429AndAnotherClientIsAnsweredSoon()
    {
        await using ServerProcess server = await RunningClassifier.StartAsync("--Limits:MegapixelBurst=60", "--Limits:MegapixelsPerSecond=20");
        byte[] costly = DrawnImages.Plain(4096, 4096), small = DrawnImages.Toy(0); // 20 kB, 16 megapixels
        using var ending = new CancellationTokenSource();
        int costlyAnswers = 0, refusals = 0;
        Task[] greedy = [.. Enumerable.Range(0, 8).Select(_ => Task.Run(AttackAsync))];
        using HttpClient other = ClientAt(IPAddress.Parse("127.0.0.2"), server);
        var times = new List<TimeSpan>();
        for (int i = 0; i < 40; i++)
        {
            var clock = Stopwatch.StartNew();
            await RunningClassifier.PostAsync(other, "api/classify", RunningClassifier.Body(small));
            times.Add(clock.Elapsed);
            await Task.Delay(50);
        }

        await ending.CancelAsync();
        await Task.WhenAll(greedy);

        Assert.True(costlyAnswers > 0 && refusals > 0, $"{costlyAnswers} answered, {refusals} refused");
        Assert.InRange(times.Order().ElementAt(20).TotalSeconds, 0, 1);

        async Task AttackAsync()
        {
            while (!ending.IsCancellationRequested)
            {
                using HttpResponseMessage response = await server.Client.PostAsync(Classify, RunningClassifier.Body(costly, "image/png"));
                Interlocked.Add(ref costlyAnswers, response.StatusCode == HttpStatusCode.OK ? 1 : 0);
                if (response.StatusCode != HttpStatusCode.OK)
                {
                    string problem = await RunningClassifier.AssertProblemAsync(response, HttpStatusCode.TooManyRequests);
                    Assert.Contains("more work than 60 megapixels at once, or 20 a second", problem, StringComparison.Ordinal);
                    Assert.NotNull(response.Headers.RetryAfter?.Delta);
                    Interlocked.Increment(ref refusals);
                    await Task.Delay(100);
                }
            }
        }
    }

    [Fact]
    public async Task Client_OfATooSmallBucket_IsServedOnceItIsFull()
    {
        // More than a bucket holds costs a full one: such an image is slow, not impossible.
        await using ServerProcess server = await RunningClassifier.StartAsync("--Limits:MegapixelBurst=2", "--Limits:MegapixelsPerSecond=2");
        await RunningClassifier.PostAsync(server.Client, "api/classify", RunningClassifier.Body(DrawnImages.Plain(2000, 2000), "image/png"));
        using HttpResponseMessage second = await server.Client.PostAsync(Classify, RunningClassifier.Body(DrawnImages.Plain(2000, 2000), "image/png"));
        Assert.Equal(HttpStatusCode.TooManyRequests, second.StatusCode);
    }

    [Fact]
    public async Task Upload_TooSlow_504AfterTheTimeout()
    {
        await using ServerProcess server = await RunningClassifier.StartAsync("--Limits:RequestTimeout=00:00:01");
        var clock = Stopwatch.StartNew();
        using TcpClient slow = await SendHeadAsync(server, contentLength: 10_000);
        string answer = await ReadAsync(slow);
        Assert.StartsWith("HTTP/1.1 504", answer, StringComparison.Ordinal);
        Assert.Contains("took longer than 1 s", answer, StringComparison.Ordinal);
        Assert.InRange(clock.Elapsed.TotalSeconds, 0.5, 20);
    }

    [Fact]
    public async Task Uploads_MoreThanTheMemory_503UntilThereIsRoom()
    {
        await using ServerProcess server = await RunningClassifier.StartAsync(
            "--Uploads:MaxFileBytes=100000", "--Uploads:MaxRequestBytes=100000", "--Uploads:MaxBytesInMemory=100000");
        await UntilAsync(HttpStatusCode.ServiceUnavailable, async () =>
        {
            using TcpClient slow = await SendHeadAsync(server, contentLength: 99_000, sent: 80_000); // anew each time: the server waits five seconds for a body that does not come
            return await PostAsync();
        });
        await UntilAsync(HttpStatusCode.OK, PostAsync); // the slow one has gone

        Task<HttpResponseMessage> PostAsync() => server.Client.PostAsync(Classify, RunningClassifier.Body(DrawnImages.Toy(0)));

        static async Task UntilAsync(HttpStatusCode status, Func<Task<HttpResponseMessage>> send)
        {
            HttpResponseMessage response;
            var clock = Stopwatch.StartNew();
            do
            {
                response = await send();
            }
            while (response.StatusCode != status && clock.Elapsed < TimeSpan.FromSeconds(20));
            Assert.Equal(status, response.StatusCode);
        }
    }

    /// <summary>Another client, as the server sees it.</summary>
    private static HttpClient ClientAt(IPAddress address, ServerProcess server) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (context, cancellationToken) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(address, 0));
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    {
        BaseAddress = server.Client.BaseAddress,
    };

    /// <summary>The head of a request and the beginning of its body.</summary>
    private static async Task<TcpClient> SendHeadAsync(ServerProcess server, int contentLength, int sent = 5)
    {
        Uri address = server.Client.BaseAddress!;
        var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /api/classify HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Type: image/jpeg\r\nContent-Length: {contentLength}\r\nConnection: close\r\n\r\n"));
        await client.GetStream().WriteAsync(new byte[sent]);
        return client;
    }

    private static async Task<string> ReadAsync(TcpClient client)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var text = new StringBuilder();
        byte[] buffer = new byte[4096];
        while (!text.ToString().Contains("traceId", StringComparison.Ordinal))
        {
            int count = await client.GetStream().ReadAsync(buffer, deadline.Token);
            if (count == 0)
            {
                break;
            }

            text.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }

        return text.ToString();
    }
}
