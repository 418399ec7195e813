using System.Diagnostics;
using Microsoft.ML;

namespace ResNeXt.MLNet.Tests;

/// <summary>Scoring leaves the runtime's pool of threads, on which a host answers its requests, alone. Other tests use it, so these run by themselves.</summary>
[CollectionDefinition(nameof(HostThreadsTests), DisableParallelization = true)]
[Collection(nameof(HostThreadsTests))]
public sealed class HostThreadsTests(TestImages images) : IClassFixture<TestImages>
{
    private const int Scorings = 8;

    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(200);

    /// <summary>Decoding on the pool's threads kept such a continuation waiting for ever, where the machine was busy.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Score_EightAtOnce_LetADelayFireInTime(bool inPipelines)
    {
        var ml = new MLContext(seed: 1);
        IDataView photos = ml.Data.LoadFromEnumerable(Rows.Of(images.Paths));
        using ResNeXtTransformer transformer = ml.Transforms.FeaturizeImages("Features", "ImagePath", TestImages.TinyModel, batchSize: 4).Fit(photos);
        using var model = ResNeXtModel.Load(TestImages.TinyModel, ExecutionDevice.Cpu);
        bool isOver = false;
        int passes = 0;
        Thread[] scorings = [.. Enumerable.Range(0, Scorings).Select(_ => new Thread(() =>
        {
            while (!Volatile.Read(ref isOver))
            {
                int count = inPipelines ? Rows.Features(ml, transformer.Transform(photos)).Length : new ImageScorer(model, [ResNeXtMetadata.FeaturesName], 4).Score(images.Paths).Count();
                Interlocked.Add(ref passes, count / images.Paths.Count);
            }
        }))];
        Array.ForEach(scorings, scoring => scoring.Start());
        TimeSpan latest = TimeSpan.Zero;
        for (int i = 0; i < 5; i++)
        {
            long start = Stopwatch.GetTimestamp();
            await Task.Delay(Delay, TestContext.Current.CancellationToken);
            TimeSpan late = Stopwatch.GetElapsedTime(start) - Delay;
            latest = late > latest ? late : latest;
        }

        Volatile.Write(ref isOver, true);
        Array.ForEach(scorings, scoring => scoring.Join());
        TestContext.Current.SendDiagnosticMessage($"at most {latest.TotalMilliseconds:F0} ms late, {passes} passes");
        Assert.True(passes > 0);
        Assert.True(latest < TimeSpan.FromSeconds(1), $"A continuation came {latest} late.");
    }
}
