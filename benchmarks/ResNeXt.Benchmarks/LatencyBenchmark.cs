using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.OnnxRuntime;
using ResNeXt.MLNet;

namespace ResNeXt.Benchmarks;

/// <summary>
/// One photo at a time: the three calls that cannot be done without (decode, preprocess, session run), the predictor, and ML.NET's
/// PredictionEngine over our transformer. Each photo goes through all three, in changing order; medians.
/// </summary>
internal static class LatencyBenchmark
{
    private const int WarmUp = 6, Photos = 150;

    public static void Run(string modelFile, string directory, string file)
    {
        string[] paths = [.. ImageFolder.Files(directory).Take(WarmUp + Photos)];
        (InferenceSession session, _, _) = InferenceSessionFactory.Open(File.ReadAllBytes(modelFile), modelFile, ExecutionDevice.Cpu);
        using ResNeXtPredictor predictor = ResNeXtPredictor.Load(modelFile, ExecutionDevice.Cpu);
        using PredictionEngine<PhotoRow, ScoreRow> engine = PhotoRow.Engine(modelFile);
        ImagePreprocessing preprocessing = predictor.Metadata.Preprocessing;
        var preprocessor = new ImagePreprocessor(preprocessing);
        var batch = new TensorBatch(1, preprocessing.ImageSize);
        byte[] pixels = new byte[preprocessing.ByteCount];
        using var options = new RunOptions();
        (string Name, Action<string> Predict)[] ways =
        [
            ("decode, preprocess, session run", Bare),
            ("`ResNeXtPredictor`", path => predictor.Predict(path)),
            ("`PredictionEngine` over `ClassifyImages`", path => engine.Predict(new PhotoRow { ImagePath = path })),
        ];
        double[][] milliseconds = [.. ways.Select(_ => new double[paths.Length])];
        long[][] allocated = [.. ways.Select(_ => new long[paths.Length])];
        for (int i = 0; i < paths.Length; i++)
        {
            for (int k = 0; k < ways.Length; k++)
            {
                int way = (i + k) % ways.Length;
                long before = GC.GetAllocatedBytesForCurrentThread(), start = Stopwatch.GetTimestamp();
                ways[way].Predict(paths[i]);
                milliseconds[way][i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                allocated[way][i] = GC.GetAllocatedBytesForCurrentThread() - before;
            }
        }

        double[] ratios = [.. milliseconds.Select(times => Percentile(times.Zip(milliseconds[0], (time, bare) => time / bare), 50))];
        string[] table =
        [
            $"{predictor.Metadata.Architecture}, {preprocessing.ImageSize} px, {paths.Length - WarmUp} photos, ONNX Runtime {OrtEnv.Instance().GetVersionString()}.",
            "",
            "| one photo | p50 ms | p99 ms | median of the ratios to the first row | median of the bytes allocated |",
            "|---|---|---|---|---|",
            .. ways.Select((way, k) => FormattableString.Invariant(
                $"| {way.Name} | {Percentile(milliseconds[k], 50):F1} | {Percentile(milliseconds[k], 99):F1} | {ratios[k]:F3} | {Percentile(allocated[k], 50)} |")),
        ];
        Array.ForEach(table, Console.WriteLine);
        BenchmarkReport.Write(file, "Latency of one image", $"latency {Path.GetFileName(modelFile)} {Path.GetFileName(Path.TrimEndingDirectorySeparator(directory))}", table);
        session.Dispose();

        void Bare(string path)
        {
            using RgbImage image = ImageDecoder.DecodeFile(path, preprocessing.Orientation);
            preprocessor.Process(image, pixels);
            batch.Set(0, pixels);
            using OrtValue input = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, batch.First(1), batch.Shape(1));
            using IDisposableReadOnlyCollection<OrtValue> output = session.Run(options, [ResNeXtMetadata.InputName], [input], [ResNeXtMetadata.ProbabilitiesName]);
        }
    }

    private static T Percentile<T>(IEnumerable<T> values, int percent)
    {
        T[] sorted = [.. values.Skip(WarmUp).Order()];
        return sorted[sorted.Length * percent / 100];
    }
}
