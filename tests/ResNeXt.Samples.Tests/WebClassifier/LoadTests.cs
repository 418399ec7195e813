using ResNeXt.MLNet;

namespace ResNeXt.Samples.Tests;

public sealed class LoadTests(RunningClassifier running)
{
    private const int Clients = 64, ImagesEach = 3;

    /// <summary>
    /// Measured on 2 cores: 148 and 169 MB in this test, 194 MB after five minutes of it. The 64 images under way are less than one; runtime, network and
    /// the collector's heaps are the rest. There is a heap for each core, so the bound leaves room for machines with more.
    /// </summary>
    private const long MostBytes = 400_000_000;

    [Fact]
    public async Task Server_SixtyFourClients_EachGetsItsOwnAnswerInBoundedMemory()
    {
        byte[][] images = [.. Enumerable.Range(0, Clients * ImagesEach).Select(i => DrawnImages.Toy(i))];
        ImagePrediction[] expected = [.. images.Select(image => running.Predictor.Predict(image))];
        await using ServerProcess server = await RunningClassifier.StartAsync();
        LoadRun run = await LoadRun.AgainstAsync(server.Client, images, expected, Clients, TimeSpan.FromSeconds(15));

        TestContext.Current.TestOutputHelper?.WriteLine(FormattableString.Invariant(
            $"{run.Answers} answers, {run.Rate:F0}/s, p50 {run.P50:F0} ms, p99 {run.P99:F0} ms, peak {server.PeakWorkingSet / 1e6:F0} MB"));
        Assert.Empty(run.Errors);
        Assert.Equal(0, run.Wrong);
        Assert.True(run.Answers > Clients, $"{run.Answers} answers");
        Assert.InRange(server.PeakWorkingSet, 1, MostBytes);
    }
}
