using System.Diagnostics;
using ResNeXt.MLNet;
using SkiaSharp;

namespace ResNeXt.Benchmarks;

/// <summary>
/// Encoded photos to a batch of pixels: SkiaSharp's decoding alone, then all of it (decode, turn upright, resize, crop, write into the
/// batch), on one thread and on all. Files are in memory beforehand; the three in turn, medians.
/// </summary>
internal static class PixelBenchmark
{
    private const int Rounds = 7;

    public static void Run(string directory, string file)
    {
        byte[][] photos = [.. ImageFolder.Files(directory).Select(File.ReadAllBytes)];
        var preprocessing = new ImagePreprocessing();
        var preprocessor = new ImagePreprocessor(preprocessing);
        var batch = new TensorBatch(32, preprocessing.ImageSize);
        var seconds = new List<(double Decode, double One, double All)>();
        long allocated = 0;
        for (int round = -1; round < Rounds; round++)
        {
            double decode = Time(() => Array.ForEach(photos, Decode));
            long before = GC.GetAllocatedBytesForCurrentThread();
            double one = Time(() =>
            {
                for (int i = 0; i < photos.Length; i++)
                {
                    Prepare(i);
                }
            });
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            double all = Time(() => Parallel.For(0, photos.Length, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, Prepare));
            if (round >= 0) // the first warms up
            {
                seconds.Add((decode, one, all));
            }
        }

        double Rate(Func<(double Decode, double One, double All), double> of) => photos.Length / Median(seconds.Select(of));
        double ratio = Median(seconds.Select(s => s.One / s.Decode)), speedup = Median(seconds.Select(s => s.One / s.All));
        string[] table =
        [
            $"{photos.Length} photos, to 224 x 224 by way of 256, bilinear.",
            "",
            "| | images/s | time against decoding alone | bytes allocated an image |",
            "|---|---|---|---|",
            FormattableString.Invariant($"| SkiaSharp decodes, one thread | {Rate(s => s.Decode):F0} | 1.00 | |"),
            FormattableString.Invariant($"| whole path, one thread | {Rate(s => s.One):F0} | {ratio:F2} | {allocated / photos.Length} |"),
            FormattableString.Invariant($"| whole path, {Environment.ProcessorCount} threads | {Rate(s => s.All):F0} | {ratio / speedup:F2}, {speedup:F2} x one thread | |"),
        ];
        Array.ForEach(table, Console.WriteLine);
        BenchmarkReport.Write(file, "Pixels: decoding, resizing and cropping photos", $"pixels {Path.GetFileName(Path.TrimEndingDirectorySeparator(directory))}", table);

        void Prepare(int i)
        {
            byte[] pixels = System.Buffers.ArrayPool<byte>.Shared.Rent(preprocessing.ByteCount);
            using RgbImage image = ImageDecoder.Decode(photos[i], "a photo");
            preprocessor.Process(image, pixels.AsSpan(0, preprocessing.ByteCount));
            batch.Set(i % batch.Capacity, pixels.AsSpan(0, preprocessing.ByteCount));
            System.Buffers.ArrayPool<byte>.Shared.Return(pixels);
        }
    }

    private static void Decode(byte[] encoded)
    {
        using SKBitmap bitmap = SKBitmap.Decode(encoded);
        ArgumentNullException.ThrowIfNull(bitmap);
    }

    private static double Time(Action work)
    {
        var clock = Stopwatch.StartNew();
        work();
        return clock.Elapsed.TotalSeconds;
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(Rounds / 2);
}
