using System.Diagnostics;
using ResNeXt.MLNet;
using SkiaSharp;

namespace ResNeXt.Benchmarks;

/// <summary>
/// Encoded photos to a batch of pixels: SkiaSharp's decoding alone, then all of it on one thread and on all, and Pillow + torchvision
/// where RESNEXT_PYTHON names a Python that has them. Files are in memory beforehand; all in turn, medians. Then what fast decoding gains and
/// costs.
/// </summary>
internal static class PixelBenchmark
{
    private const int Rounds = 7;

    /// <summary>Photos of 12 megapixels are made from so many photos of the folder.</summary>
    private const int LargePhotos = 8;

    public static void Run(string directory, string file)
    {
        string[] files = [.. ImageFolder.Files(directory)];
        byte[][] photos = [.. files.Select(File.ReadAllBytes)];
        string[] table = [.. WholePath(files, photos), "", .. FastDecoding(photos)];
        Array.ForEach(table, Console.WriteLine);
        BenchmarkReport.Write(file, "Pixels: decoding, resizing and cropping photos", $"pixels {Path.GetFileName(Path.TrimEndingDirectorySeparator(directory))}", table);
    }

    private static string[] WholePath(string[] files, byte[][] photos)
    {
        var path = new PixelPath(photos, new ImagePreprocessing(), fast: false);
        using PythonPasses? pillow = PythonPasses.Start("pillow_pixels.py", files);
        double[][] seconds = InTurn(
            () => Time(() => Array.ForEach(photos, Decode)),
            () => Time(path.OneThread),
            () => Time(path.AllThreads),
            () => pillow?.Pass() ?? double.NaN);
        return
        [
            $"{photos.Length} photos, to 224 x 224 by way of 256, bilinear.",
            "",
            "| | images/s | time against decoding alone | bytes allocated an image |",
            "|---|---|---|---|",
            Row("SkiaSharp decodes, one thread", 0, ""),
            Row("whole path, one thread", 1, FormattableString.Invariant($"{path.AllocatedPerPhoto}")),
            Row($"whole path, {Environment.ProcessorCount} threads", 2, ""),
            .. pillow is null ? (string[])[] : [Row("Pillow + torchvision, one thread", 3, "")],
            "",
            FormattableString.Invariant($"{Environment.ProcessorCount} threads are {Ratio(1, 2):F2} x as fast as one."),
            .. pillow is null ? (string[])[] : [FormattableString.Invariant($"One thread is {Ratio(3, 1):F2} x as fast as Pillow + torchvision (RESNEXT_PYTHON).")],
        ];

        string Row(string name, int way, string allocated) => FormattableString.Invariant(
            $"| {name} | {photos.Length / Median(seconds.Select(round => round[way])):F0} | {Ratio(way, 0):F2} | {allocated} |");

        double Ratio(int way, int other) => Median(seconds.Select(round => round[way] / round[other]));
    }

    private static string[] FastDecoding(byte[][] photos)
    {
        byte[][] large = [.. photos.Take(LargePhotos).Select(photo => Enlarged(photo, 8))];
        return
        [
            "Fast decoding, on one thread, against decoding whole; differences of the bytes that the network sees:",
            "",
            "| | images/s whole | fast | gain | mean difference | largest |",
            "|---|---|---|---|---|---|",
            FastRow("photos, to 112 by way of 128", photos, new ImagePreprocessing().Scaled(112)),
            FastRow("photos, to 56 by way of 64", photos, new ImagePreprocessing().Scaled(56)),
            FastRow($"{LargePhotos} of them enlarged 8 x to some 12 megapixels, to 224 by way of 256", large, new ImagePreprocessing()),
        ];
    }

    private static string FastRow(string name, byte[][] photos, ImagePreprocessing preprocessing)
    {
        var whole = new PixelPath(photos, preprocessing, fast: false);
        var fast = new PixelPath(photos, preprocessing, fast: true);
        double[][] seconds = InTurn(() => Time(whole.OneThread), () => Time(fast.OneThread));
        int[] differences = [.. Enumerable.Range(0, photos.Length).SelectMany(i => whole.Pixels(i).Zip(fast.Pixels(i), (a, b) => Math.Abs(a - b)))];
        return FormattableString.Invariant(
            $"| {name} | {Rate(0):F0} | {Rate(1):F0} | {Median(seconds.Select(round => round[0] / round[1])):F2} x | {differences.Average():F2} | {differences.Max()} |");

        double Rate(int way) => photos.Length / Median(seconds.Select(round => round[way]));
    }

    /// <summary>Seconds of each way in each round, after a round that warms up.</summary>
    private static double[][] InTurn(params Func<double>[] ways) =>
        [.. Enumerable.Range(0, Rounds + 1).Select(_ => ways.Select(way => way()).ToArray()).ToArray().Skip(1)];

    private static byte[] Enlarged(byte[] photo, int times)
    {
        using SKBitmap bitmap = SKBitmap.Decode(photo);
        using SKBitmap large = bitmap.Resize(new SKImageInfo(bitmap.Width * times, bitmap.Height * times), SKFilterQuality.High);
        using SKData encoded = large.Encode(SKEncodedImageFormat.Jpeg, 90);
        return encoded.ToArray();
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
