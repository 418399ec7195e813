using System.Diagnostics;
using System.Text.Json;
using ResNeXt.MLNet;

namespace ResNeXt.Training.Tests;

/// <summary><c>resnext weights</c> as a user runs it. The proxy variable keeps it off the network wherever the tests run.</summary>
public sealed class WeightsCommandTests(Shapes shapes)
{
    [Fact]
    public async Task List_Json_HasTheContractsFields()
    {
        string cache = Directory.CreateDirectory(shapes.NewPath()).FullName;
        string[] files = ["resnext50_32x4d-7cdf4587.pth", "resnext50_32x4d.tv_in1k.onnx", "resnext50_32x4d.tv_in1k.int8.onnx"];
        Assert.All(files, file => File.WriteAllText(Path.Combine(cache, file), ""));
        CommandRun run = await CommandRun.StartAsync(new Dictionary<string, string> { ["RESNEXT_CACHE"] = cache }, "weights", "list", "--json");

        JsonElement[] weights = [.. run.Json.GetProperty("weights").EnumerateArray()];
        JsonElement first = weights.Single(row => row.GetProperty("name").GetString() == "resnext50_32x4d.tv_in1k");
        Assert.Equal((0, cache, PublishedWeights.All.Count), (run.ExitCode, run.Json.GetProperty("cache").GetString(), weights.Length));
        Assert.Equal(Path.Combine(cache, "resnext50_32x4d-7cdf4587.pth"), first.GetProperty("path").GetString());
        Assert.Equal(("7cdf4587", "BSD-3-Clause"), (first.GetProperty("sha256").GetString(), first.GetProperty("license").GetString()));
        Assert.Equal(Path.Combine(cache, "resnext50_32x4d.tv_in1k.onnx"), first.GetProperty("model").GetString());
        Assert.Equal(["fp32", "int8"], first.GetProperty("ready").EnumerateArray().Select(precision => precision.GetString()!));
        Assert.All((string[])["path", "model"], field => Assert.Single(weights, row => row.GetProperty(field).ValueKind == JsonValueKind.String));
    }

    [Fact]
    public async Task List_NoFolderAskedFor_LooksInTheUsersCache()
    {
        string user = shapes.NewPath();
        CommandRun run = await CommandRun.StartAsync(new Dictionary<string, string> { ["RESNEXT_CACHE"] = "", ["XDG_CACHE_HOME"] = user }, "weights", "list", "--json");

        Assert.Equal(Path.Combine(user, "resnext", "weights"), run.Json.GetProperty("cache").GetString());
    }

    [Fact]
    public async Task List_ForPeople_IsALineForEach()
    {
        CommandRun run = await CommandRun.StartAsync("weights", "list", "--cache", shapes.NewPath());

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(PublishedWeights.All.Count + 2, // a head, and the embedded network
             run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Theory]
    [InlineData("weights", "Required command")]
    [InlineData("weights pull", "Required argument")]
    [InlineData("weights pull resnext50_32x4d.tv3_in1k", "did you mean resnext50_32x4d.tv2_in1k")]
    [InlineData("weights pull resnext101_32x16d", "non-commercial")]
    [InlineData("weights pull resnext50_32x4d --precision int8", "Calibration")]
    public async Task Pull_WrongUsage_Exits2(string arguments, string mention) =>
        (await CommandRun.StartAsync(arguments.Split(' '))).AssertFailed(2, mention);

    [Fact]
    public async Task Pull_NoNetwork_SaysWhatToFetchByHand()
    {
        string cache = shapes.NewPath();
        CommandRun run = await CommandRun.StartAsync(Proxy(LoopbackServer.ClosedAddress()), "weights", "pull", "ResNeXt50_32X4D_Weights.IMAGENET1K_V1", "--cache", cache, "--json");

        run.AssertFailed(1, "https://download.pytorch.org/models/resnext50_32x4d-7cdf4587.pth", Path.Combine(cache, "resnext50_32x4d-7cdf4587.pth"), "SHA-256 begins with 7cdf4587");
    }

    [Fact]
    public async Task Pull_ProxyInTheEnvironment_IsAskedForTheServer()
    {
        using var proxy = new LoopbackServer((_, stream) => LoopbackServer.SendAsync(stream, "403 Forbidden\nContent-Length: 0"));
        CommandRun run = await CommandRun.StartAsync(Proxy(proxy.Address), "weights", "pull", "resnext101_32x16d.fb_wsl_ig1b_ft_in1k", "--cache", shapes.NewPath());

        run.AssertFailed(1, "403", "ig_resnext101_32x16-c6f796b0.pth");
        Assert.Contains("non-commercial use only (CC-BY-NC-4.0)", run.Error, StringComparison.Ordinal);
        Assert.StartsWith("CONNECT download.pytorch.org:443 ", Assert.Single(proxy.Requests).Line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pull_CtrlC_Exits130()
    {
        Interrupts.SkipWhereIgnored();
        using var proxy = new LoopbackServer((_, _) => Task.Delay(10_000));
        using Process process = CommandRun.Start(Proxy(proxy.Address), "weights", "pull", "resnext50_32x4d", "--cache", shapes.NewPath(), "--json");
        Task<CommandRun> end = CommandRun.EndAsync(process);
        while (proxy.Requests.IsEmpty)
        {
            Assert.False(end.IsCompleted, "The process ended too early.");
            await Task.Delay(20);
        }

        await Interrupts.SendAsync(process);

        CommandRun run = await end;

        Assert.Equal((130, ""), (run.ExitCode, run.Output));
    }

    private static Dictionary<string, string> Proxy(string address) => new() { ["HTTPS_PROXY"] = address, ["NO_PROXY"] = "" };
}
