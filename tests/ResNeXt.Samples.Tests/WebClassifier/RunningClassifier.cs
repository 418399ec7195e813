using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using ResNeXt.MLNet;

namespace ResNeXt.Samples.Tests;

/// <summary>The web sample with its own model, for all tests that leave it as it is.</summary>
public sealed class RunningClassifier : IAsyncLifetime
{
    public const int MaxFileBytes = 400_000, MaxRequestBytes = 1_000_000, MaxFiles = 4, MaxPixels = 2_000_000;

    private static readonly string[] NoRateLimit =
    [
        "--Limits:RequestsPerSecond=1000000", "--Limits:Burst=1000000", "--Limits:MegapixelsPerSecond=1000000", "--Limits:MegapixelBurst=1000000",
        "--Model:Batching:QueueCapacityPerClient=1000000",
    ];
    private ServerProcess? _server;

    /// <summary>What answers must be equal to.</summary>
    public ResNeXtPredictor Predictor { get; } = ResNeXtPredictor.Load(SampleFiles.DefaultModel);

    public HttpClient Client => Server.Client;

    internal ServerProcess Server => _server ?? throw new InvalidOperationException("The server is not started.");

    /// <summary>Starts one that may be spoilt: without the limit of requests, else with its defaults.</summary>
    internal static Task<ServerProcess> StartAsync(params string[] settings) => ServerProcess.StartAsync([.. NoRateLimit, .. settings]);

    /// <summary>The same with a model file of its own, whose changes it sees soon.</summary>
    internal static Task<ServerProcess> StartWatchingAsync(string model) =>
        StartAsync($"--Model:File={model}", "--Model:PollInterval=00:00:00.5", "--Model:SettleTime=00:00:00.2");

    public async ValueTask InitializeAsync() => _server = await StartAsync(
        $"--Uploads:MaxFileBytes={MaxFileBytes}", $"--Uploads:MaxRequestBytes={MaxRequestBytes}", $"--Uploads:MaxFiles={MaxFiles}", $"--Uploads:MaxPixels={MaxPixels}");

    public async ValueTask DisposeAsync()
    {
        Predictor.Dispose();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    /// <summary>An image as the body.</summary>
    internal static ByteArrayContent Body(byte[] image, string type = "image/jpeg") => new(image) { Headers = { ContentType = new MediaTypeHeaderValue(type) } };

    /// <summary>A form with files.</summary>
    internal static MultipartFormDataContent Form(params ReadOnlySpan<(string Name, byte[] Content)> files)
    {
        var form = new MultipartFormDataContent();
        foreach ((string name, byte[] content) in files)
        {
            form.Add(new ByteArrayContent(content), "files", name);
        }

        return form;
    }

    /// <summary>Sends it and expects an answer.</summary>
    internal static async Task<JsonElement> PostAsync(HttpClient client, string address, HttpContent content)
    {
        using HttpResponseMessage response = await client.PostAsync(new Uri(address, UriKind.Relative), content);
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>Problem details: the status twice, a message for people, nothing of the program's inside.</summary>
    internal static async Task<string> AssertProblemAsync(HttpResponseMessage response, HttpStatusCode status)
    {
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(status == response.StatusCode, $"{response.StatusCode}: {text}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        JsonElement problem = JsonDocument.Parse(text).RootElement;
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", text, StringComparison.Ordinal);
        Assert.DoesNotContain(Path.GetTempPath(), text, StringComparison.Ordinal);
        return problem.GetProperty("detail").GetString()!;
    }
}
