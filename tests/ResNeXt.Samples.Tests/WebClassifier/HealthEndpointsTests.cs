using System.Net;
using System.Text.Json;
using ResNeXt.MLNet;

namespace ResNeXt.Samples.Tests;

public sealed class HealthEndpointsTests(RunningClassifier running)
{
    [Fact]
    public async Task Ready_WithAModel_NamesIt()
    {
        JsonElement ready = JsonDocument.Parse(await running.Client.GetStringAsync(new Uri("health/ready", UriKind.Relative))).RootElement;
        ResNeXtMetadata metadata = running.Predictor.Metadata;
        Assert.Equal("ready", ready.GetProperty("status").GetString());
        Assert.Equal(Path.GetFileName(SampleFiles.DefaultModel), ready.GetProperty("model").GetString());
        Assert.Equal(metadata.Architecture, ready.GetProperty("architecture").GetString());
        Assert.Equal((metadata.Labels.Count, metadata.FeatureWidth), (ready.GetProperty("labels").GetInt32(), ready.GetProperty("featureWidth").GetInt32()));
        Assert.Equal(running.Predictor.HasHeatMaps, ready.GetProperty("heatMaps").GetBoolean());
        Assert.Equal(RunningClassifier.MaxFileBytes, ready.GetProperty("maxFileBytes").GetInt32());
    }

    [Fact]
    public async Task Health_BeforeAndAfterTheModelIsThere_TellsAliveFromReady()
    {
        using var folder = new TemporaryFolder();
        string file = folder.File("later.onnx");
        await using ServerProcess server = await RunningClassifier.StartAsync($"--Model:File={file}", "--Model:PollInterval=00:00:00.2", "--Model:SettleTime=00:00:00.1");

        Assert.Equal("""{"status":"live"}""", await server.Client.GetStringAsync(new Uri("health/live", UriKind.Relative)));
        Assert.Contains("No model is loaded", await ProblemAsync(client => client.GetAsync(new Uri("health/ready", UriKind.Relative))), StringComparison.Ordinal);
        Assert.Contains("No model is loaded", await ProblemAsync(client => client.PostAsync(new Uri("api/classify", UriKind.Relative), RunningClassifier.Body(DrawnImages.Toy(0)))), StringComparison.Ordinal);
        Assert.Contains($"'{file}' does not exist", server.Log, StringComparison.Ordinal);

        File.Copy(SampleFiles.DefaultModel, file);
        await server.WaitForLogAsync("' is loaded: ");
        Assert.Contains("\"ready\"", await server.Client.GetStringAsync(new Uri("health/ready", UriKind.Relative)), StringComparison.Ordinal);
        await RunningClassifier.PostAsync(server.Client, "api/classify", RunningClassifier.Body(DrawnImages.Toy(0)));

        async Task<string> ProblemAsync(Func<HttpClient, Task<HttpResponseMessage>> ask)
        {
            using HttpResponseMessage response = await ask(server.Client);
            Assert.NotNull(response.Headers.RetryAfter);
            return await RunningClassifier.AssertProblemAsync(response, HttpStatusCode.ServiceUnavailable);
        }
    }

    [Fact]
    public async Task Health_NameOfWeightsThatAreNotPulled_SaysWhatToTypeAndIsReadyOnceTheyAre()
    {
        using var folder = new TemporaryFolder();
        Environment.SetEnvironmentVariable("RESNEXT_CACHE", Path.GetDirectoryName(folder.File("any"))); // for the server; nothing here reads it
        try
        {
            await using ServerProcess server = await RunningClassifier.StartAsync("--Model:File=resnext50_32x4d", "--Model:PollInterval=00:00:00.2", "--Model:SettleTime=00:00:00.1");
            Assert.Contains("`resnext weights pull resnext50_32x4d.tv2_in1k`", server.Log, StringComparison.Ordinal);

            File.Copy(SampleFiles.DefaultModel, folder.File("resnext50_32x4d.tv2_in1k.onnx"));

            await server.WaitForLogAsync("' is loaded: ");
        }
        finally
        {
            Environment.SetEnvironmentVariable("RESNEXT_CACHE", null);
        }
    }
}
