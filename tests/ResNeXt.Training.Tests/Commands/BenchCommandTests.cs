namespace ResNeXt.Training.Tests;

public sealed class BenchCommandTests(Shapes shapes, TrainedModel trained)
{
    [Fact]
    public async Task Bench_Json_KeepsTheContract()
    {
        CommandRun run = await CommandRun.StartAsync("bench", "--model", trained.Result.Model, "--input", shapes.Folder, "--count", "32", "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.All(
            (string[])["imagesPerSecond", "stockImagesPerSecond", "ratio", "scoreOnlyImagesPerSecond", "latencyMsP50", "latencyMsP99", "peakMemoryMB"],
            field => Assert.True(run.Json.GetProperty(field).GetDouble() > 0, field));
        Assert.Equal(
            run.Json.GetProperty("imagesPerSecond").GetDouble() / run.Json.GetProperty("stockImagesPerSecond").GetDouble(),
            run.Json.GetProperty("ratio").GetDouble(),
            1e-9);
        Assert.True(run.Json.GetProperty("latencyMsP99").GetDouble() >= run.Json.GetProperty("latencyMsP50").GetDouble());
    }

    [Fact]
    public async Task Bench_TooFewImages_IsRefused()
    {
        string folder = Directory.CreateDirectory(shapes.NewPath()).FullName;

        (await CommandRun.StartAsync("bench", "--model", trained.Result.Model, "--input", folder)).AssertFailed(1, "0 images", "at least 16");
        (await CommandRun.StartAsync("bench", "--model", trained.Result.Model, "--input", folder, "--count", "3")).AssertFailed(2, "--count is 3");
    }
}
