using System.Net;
using System.Text.Json;

namespace ResNeXt.Samples.Tests;

public sealed class ClassifierAppTests(RunningClassifier running)
{
    [Theory]
    [InlineData("")]
    [InlineData("app.js")]
    [InlineData("health/live")]
    [InlineData("nothing")]
    [InlineData("api/classify")]
    public async Task Answers_OfEveryKind_HaveSecurityHeaders(string address)
    {
        using HttpResponseMessage response = await running.Client.GetAsync(new Uri(address, UriKind.Relative));
        string policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal(["nosniff"], response.Headers.GetValues("X-Content-Type-Options"));
        Assert.Equal(["no-referrer"], response.Headers.GetValues("Referrer-Policy"));
        Assert.False(response.Headers.Contains("Server"));
    }

    [Fact]
    public async Task OpenApi_ListsTheEndpointsAndTheirParameters()
    {
        JsonElement paths = JsonDocument.Parse(await running.Client.GetStringAsync(new Uri("openapi/v1.json", UriKind.Relative))).RootElement.GetProperty("paths");
        Assert.Equal(["/health/live", "/health/ready", "/api/classify", "/api/features", "/api/labels"], paths.EnumerateObject().Select(path => path.Name));
        JsonElement classify = paths.GetProperty("/api/classify").GetProperty("post");
        Assert.Equal(["top", "heatmap"], classify.GetProperty("parameters").EnumerateArray().Select(parameter => parameter.GetProperty("name").GetString()));
        Assert.Equal("integer", classify.GetProperty("parameters")[0].GetProperty("schema").GetProperty("type").GetString());
        Assert.True(classify.GetProperty("requestBody").GetProperty("content").TryGetProperty("multipart/form-data", out _));
        Assert.Equal(["200", "400", "413", "415", "429", "503", "504"], classify.GetProperty("responses").EnumerateObject().Select(response => response.Name));
    }

    [Fact]
    public async Task Metrics_AfterRequests_HoldOursAndThoseOfTheServer()
    {
        await RunningClassifier.PostAsync(running.Client, "api/classify?heatmap=true", RunningClassifier.Body(DrawnImages.Toy(1)));
        using HttpResponseMessage bad = await running.Client.PostAsync(new Uri("api/classify", UriKind.Relative), RunningClassifier.Body(DrawnImages.Toy(1)[..^200]));
        Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
        await Task.Delay(TimeSpan.FromSeconds(0.5)); // the exporter gives the same text again for 0.3 seconds
        string[] lines = (await running.Client.GetStringAsync(new Uri("metrics", UriKind.Relative))).Split('\n');

        AssertMetric("resnext_queue_length", "resnext_model=\"resnext29_8x8d_small.distilled.onnx\"");
        AssertMetric("resnext_queue_duration_seconds_count", "");
        AssertMetric("resnext_batch_size_bucket", "le=\"16\"");
        AssertMetric("resnext_request_duration_seconds_count", "");
        AssertMetric("resnext_requests_failed_total", "error_type=\"System.IO.InvalidDataException\"");
        AssertMetric("webclassifier_model_loads_total", "outcome=\"loaded\"");
        AssertMetric("webclassifier_heatmaps_waiting", "");
        AssertMetric("http_server_request_duration_seconds_count", "http_route=\"/api/classify\"");
        AssertMetric("kestrel_active_connections", "");
        AssertMetric("target_info", "service_name=\"resnext-web-classifier\"");

        void AssertMetric(string name, string tag) => Assert.Contains(
            lines, line => line.StartsWith(name + "{", StringComparison.Ordinal) && line.Contains(tag, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stop_EndsCleanlyWithinSeconds()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals.");
        await using ServerProcess server = await RunningClassifier.StartAsync();
        await RunningClassifier.PostAsync(server.Client, "api/classify", RunningClassifier.Body(DrawnImages.Toy(1)));
        Assert.Equal(0, await server.StopAsync());
        Assert.DoesNotContain("fail:", server.Log, StringComparison.Ordinal);
    }
}
