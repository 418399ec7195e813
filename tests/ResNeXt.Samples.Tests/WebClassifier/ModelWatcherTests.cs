using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using ResNeXt.MLNet;

namespace ResNeXt.Samples.Tests;

public sealed class ModelWatcherTests
{
    internal static readonly string OtherModel = Path.Combine(RepositoryFiles.Root, "tests", "ResNeXt.MLNet.Tests", "Models", "tiny.onnx");

    [Fact]
    public async Task Model_ReplacedOverwrittenAndBroken_NoRequestFails()
    {
        using var folder = new TemporaryFolder();
        string file = folder.File("model.onnx");
        File.Copy(SampleFiles.DefaultModel, file);
        await using ServerProcess server = await RunningClassifier.StartWatchingAsync(file);
        using ResNeXtPredictor first = ResNeXtPredictor.Load(file), second = ResNeXtPredictor.Load(OtherModel);
        var failures = new ConcurrentBag<string>();
        int answers = 0, byFirst = 0, bySecond = 0;
        using var ending = new CancellationTokenSource();
        Task[] clients = [.. Enumerable.Range(0, 8).Select(client => Task.Run(() => AskAsync(DrawnImages.Toy(client))))];

        await MeanwhileAsync();

        // Another model, by renaming: the file is never half written.
        File.Copy(OtherModel, folder.File("next"));
        File.Move(folder.File("next"), file, overwrite: true);
        await server.WaitForLogAsync($"{second.Metadata.Architecture}, {second.Metadata.Labels.Count} labels");
        await ReadyAsync(second);

        // No model: the old one stays.
        await File.WriteAllTextAsync(file, "This is no model.");
        await server.WaitForLogAsync("stays at work");
        Assert.Contains($"Model '{file}' is not loaded: ", server.Log, StringComparison.Ordinal);
        await ReadyAsync(second);

        // The first one again, written in place and slowly: what is half there is no model, what is complete is loaded.
        byte[] whole = await File.ReadAllBytesAsync(SampleFiles.DefaultModel);
        await using (FileStream stream = new(file, FileMode.Create, FileAccess.Write, FileShare.ReadWrite))
        {
            for (int part = 0; part < 4; part++)
            {
                await stream.WriteAsync(whole.AsMemory(part * whole.Length / 4, ((part + 1) * whole.Length / 4) - (part * whole.Length / 4)));
                await stream.FlushAsync();
                await Task.Delay(150);
            }
        }

        await UntilReadyAsync(first);
        await MeanwhileAsync();
        await ending.CancelAsync();
        await Task.WhenAll(clients);

        Assert.Empty(failures);
        Assert.True(byFirst > 0 && bySecond > 0, $"{answers} answers, {byFirst} by the first model, {bySecond} by the second");
        Assert.Equal(answers, byFirst + bySecond);
        await server.WaitForLogAsync("drained and freed");

        async Task AskAsync(byte[] image)
        {
            IReadOnlyList<LabelProbability> one = first.Predict(image).Top(1000), two = second.Predict(image).Top(1000);
            while (!ending.IsCancellationRequested)
            {
                using HttpResponseMessage response = await server.Client.PostAsync(new Uri("api/classify?top=1000", UriKind.Relative), RunningClassifier.Body(image));
                string text = await response.Content.ReadAsStringAsync();
                if (response.StatusCode != HttpStatusCode.OK)
                {
                    failures.Add(text);
                    continue;
                }

                LabelProbability[] answer = [.. JsonDocument.Parse(text).RootElement.GetProperty("images")[0].GetProperty("predictions").EnumerateArray()
                    .Select(value => new LabelProbability(value.GetProperty("label").GetString()!, value.GetProperty("probability").GetSingle()))];
                Interlocked.Increment(ref answers);
                if (answer.SequenceEqual(one))
                {
                    Interlocked.Increment(ref byFirst);
                }
                else if (answer.SequenceEqual(two))
                {
                    Interlocked.Increment(ref bySecond);
                }

                await Task.Delay(5);
            }
        }

        async Task<string?> ArchitectureAsync() => JsonDocument.Parse(
            await server.Client.GetStringAsync(new Uri("health/ready", UriKind.Relative))).RootElement.GetProperty("architecture").GetString();

        async Task ReadyAsync(ResNeXtPredictor expected) => Assert.Equal(expected.Metadata.Architecture, await ArchitectureAsync());

        async Task UntilReadyAsync(ResNeXtPredictor expected)
        {
            for (int i = 0; i < 200 && await ArchitectureAsync() != expected.Metadata.Architecture; i++)
            {
                await Task.Delay(100);
            }

            await ReadyAsync(expected);
        }

        async Task MeanwhileAsync()
        {
            for (int before = Volatile.Read(ref answers); Volatile.Read(ref answers) < before + 20;)
            {
                Assert.Empty(failures);
                await Task.Delay(20);
            }
        }
    }

    /// <summary>The first model of a process takes longer than a tenth of a second: everything is loaded for the first time.</summary>
    [Fact]
    public async Task Model_TakesTooLong_IsLeftAndTheNextOneIsTried()
    {
        using var folder = new TemporaryFolder();
        string file = folder.File("model.onnx");
        File.Copy(SampleFiles.DefaultModel, file);
        await using ServerProcess server = await RunningClassifier.StartAsync(
            $"--Model:File={file}", "--Model:LoadTimeout=00:00:00.1", "--Model:PollInterval=00:00:00.2", "--Model:SettleTime=00:00:00");

        await server.WaitForLogAsync("has not answered within 0.1 s (Model:LoadTimeout). No model is loaded");
        using HttpResponseMessage none = await server.Client.GetAsync(new Uri("health/ready", UriKind.Relative));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, none.StatusCode);
        for (int i = 0; i < 200 && !server.Log.Contains("' is loaded: ", StringComparison.Ordinal); i++)
        {
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow);
            await Task.Delay(300);
        }

        await RunningClassifier.PostAsync(server.Client, "api/classify", RunningClassifier.Body(DrawnImages.Toy(0)));

        await File.WriteAllTextAsync(file, "This is no model.");
        await server.WaitForLogAsync("stays at work");
        Assert.Equal("degraded", JsonDocument.Parse(await server.Client.GetStringAsync(new Uri("health/ready", UriKind.Relative))).RootElement.GetProperty("status").GetString());
    }

    /// <summary>What the page asks of a model without heat maps is 'heatmap=false'.</summary>
    [Fact]
    public async Task Model_WithoutHeatMapsButALabelFalse_Answers()
    {
        using var folder = new TemporaryFolder();
        string file = folder.File("model.onnx"), labels = "\"nut\", \"washer\"", others = "\"false\", \"wash\"";
        byte[] model = await File.ReadAllBytesAsync(OtherModel);
        int place = model.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(labels));
        Assert.True(place > 0, "The labels of the model are others.");
        System.Text.Encoding.ASCII.GetBytes(others).CopyTo(model, place);
        await File.WriteAllBytesAsync(file, model);
        await using ServerProcess server = await RunningClassifier.StartAsync($"--Model:File={file}");

        JsonElement answer = await RunningClassifier.PostAsync(server.Client, "api/classify?heatmap=false", RunningClassifier.Body(DrawnImages.Toy(0)));

        Assert.Equal(4, answer.GetProperty("images")[0].GetProperty("predictions").GetArrayLength());
    }

    [Fact]
    public async Task Model_WithoutHeatMaps_IsSaidWhereOneIsWanted()
    {
        await using ServerProcess server = await RunningClassifier.StartAsync($"--Model:File={OtherModel}");
        using HttpResponseMessage response = await server.Client.PostAsync(new Uri("api/classify?heatmap=true", UriKind.Relative), RunningClassifier.Body(DrawnImages.Toy(0)));
        Assert.Contains("This model has no heat maps", await RunningClassifier.AssertProblemAsync(response, HttpStatusCode.BadRequest), StringComparison.Ordinal);
        await RunningClassifier.PostAsync(server.Client, "api/classify", RunningClassifier.Body(DrawnImages.Toy(0)));
    }
}
