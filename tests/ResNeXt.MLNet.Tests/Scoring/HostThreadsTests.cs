using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using SkiaSharp;

namespace ResNeXt.MLNet.Tests;

/// <summary>Scoring leaves the runtime's pool, on which a host answers its requests, alone. Other tests use it, so these run by themselves.</summary>
[CollectionDefinition(nameof(HostThreadsTests), DisableParallelization = true)]
[Collection(nameof(HostThreadsTests))]
public sealed class HostThreadsTests : IClassFixture<TestImages>, IDisposable
{
    private const int Scorings = 8;
    private const int BatchSize = 16;

    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(200);

    private readonly MLContext _ml = new(seed: 1);
    private readonly IReadOnlyList<string> _paths;
    private readonly ResNeXtTransformer _transformer;
    private bool _isOver;
    private int _scored;

    public HostThreadsTests(TestImages images)
    {
        _paths = [.. Enumerable.Repeat(LargePhoto(images), 4 * BatchSize)];
        IDataView small = _ml.Data.LoadFromEnumerable(Rows.Of(images.Paths));
        _transformer = _ml.Transforms.FeaturizeImages("Features", "ImagePath", TestImages.TinyModel, BatchSize).Fit(small);
    }

    /// <summary>Decoded on the pool's threads, batches of large photos kept a continuation waiting for seconds.</summary>
    [Fact]
    public async Task Transform_EightAtOnce_LetADelayFireInTime()
    {
        Thread[] scorings = [.. Enumerable.Range(0, Scorings).Select(_ => new Thread(Transform) { IsBackground = true })];
        Array.ForEach(scorings, scoring => scoring.Start());
        TimeSpan latest = TimeSpan.Zero;
        for (int i = 0; i < 10; i++)
        {
            long start = Stopwatch.GetTimestamp();
            await Task.Delay(Delay, TestContext.Current.CancellationToken);
            TimeSpan late = Stopwatch.GetElapsedTime(start) - Delay;
            latest = late > latest ? late : latest;
        }

        Volatile.Write(ref _isOver, true);
        Assert.All(scorings, scoring => Assert.True(scoring.Join(TimeSpan.FromMinutes(1))));
        TestContext.Current.SendDiagnosticMessage($"at most {latest.TotalMilliseconds:F0} ms late beside {_scored} images");
        Assert.True(latest < TimeSpan.FromSeconds(1), $"A continuation came {latest} late.");
    }

    public void Dispose() => _transformer.Dispose();

    private void Transform()
    {
        IDataView data = _transformer.Transform(_ml.Data.LoadFromEnumerable(Rows.Of(_paths)));
        using DataViewRowCursor cursor = data.GetRowCursor(data.Schema);
        while (cursor.MoveNext())
        {
            Interlocked.Increment(ref _scored);
            if (Volatile.Read(ref _isOver))
            {
                return;
            }
        }
    }

    private static string LargePhoto(TestImages images)
    {
        using var bitmap = new SKBitmap(1200, 1000, SKColorType.Rgba8888, SKAlphaType.Opaque);
        byte[] noise = new byte[bitmap.ByteCount];
        new Random(1).NextBytes(noise);
        Marshal.Copy(noise, 0, bitmap.GetPixels(), noise.Length);
        using SKData encoded = bitmap.Encode(SKEncodedImageFormat.Jpeg, 90);
        return images.NewFile(".jpg", encoded.ToArray());
    }
}
