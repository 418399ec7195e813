using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace ResNeXt.Training;

/// <summary>Measures a model on a folder: through ML.NET with us, through stock ML.NET, and the parts alone; all in turn, in one process.</summary>
/// <param name="modelFile">The model.</param>
/// <param name="paths">Image files, all readable.</param>
/// <param name="progress">Told the rounds that are done, of how many.</param>
/// <param name="cancellation">Stops between two measurements.</param>
internal sealed class ScoringBenchmark(string modelFile, IReadOnlyList<string> paths, Action<int, int> progress, CancellationToken cancellation)
{
    private const int Rounds = 3, BatchSize = ResNeXtOptions.DefaultBatchSize, LatencyImages = 200;

    private readonly MLContext _ml = new(seed: 1);

    public BenchmarkResult Run()
    {
        IDataView images = _ml.Data.LoadFromEnumerable(paths.Select(path => new LabeledImage { ImagePath = path, Label = "" }));
        using ResNeXtModel model = ResNeXtModel.Load(modelFile, ExecutionDevice.Cpu);
        ImagePreprocessing preprocessing = model.Metadata.Preprocessing;
        using ResNeXtTransformer ours = _ml.Transforms.FeaturizeImages(ResNeXtMetadata.FeaturesName, nameof(LabeledImage.ImagePath), modelFile, device: ExecutionDevice.Cpu).Fit(images);
        using var stock = Stock(preprocessing.ImageSize).Fit(images);
        var batch = new ImageBatch(BatchSize, preprocessing, new ImageDecoding());
        batch.Fill(paths.Take(BatchSize).Select(ImageSource.FromFile).GetEnumerator(), cancellation);

        Func<double>[] measurements =
        [
            () => Rate(paths.Count, () => Read(ours.Transform(images))),
            () => Rate(paths.Count, () => Read(stock.Transform(images))),
            () => Rate(ScoredAlone, () => ScoreAlone(model, batch)),
            () => Rate(paths.Count, () => DecodeAlone(preprocessing)),
        ];
        double[][] rates = [.. measurements.Select(_ => new double[Rounds])];
        for (int round = 0; round <= Rounds; round++)
        {
            progress(round, Rounds + 1);
            for (int i = 0; i < measurements.Length; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                double rate = measurements[i]();
                if (round > 0) // the first warms up
                {
                    rates[i][round - 1] = rate;
                }
            }
        }

        double[] latencies = Latencies(ours);
        progress(Rounds + 1, Rounds + 1);
        using var process = Process.GetCurrentProcess();
        return new BenchmarkResult
        {
            ImagesPerSecond = Quantile(rates[0], 0.5),
            StockImagesPerSecond = Quantile(rates[1], 0.5),
            ScoreOnlyImagesPerSecond = Quantile(rates[2], 0.5),
            DecodeOnlyImagesPerSecond = Quantile(rates[3], 0.5),
            LatencyMsP50 = Quantile(latencies, 0.5),
            LatencyMsP99 = Quantile(latencies, 0.99),
            PeakMemoryMB = process.PeakWorkingSet64 / 1e6,
        };
    }

    private int ScoredAlone => paths.Count / BatchSize * BatchSize;

    private EstimatorChain<Microsoft.ML.Transforms.Onnx.OnnxTransformer> Stock(int size) => _ml.Transforms.LoadImages("Pixels", null, nameof(LabeledImage.ImagePath))
        .Append(_ml.Transforms.ResizeImages("Pixels", size, size))
        .Append(_ml.Transforms.ExtractPixels(ResNeXtMetadata.InputName, "Pixels"))
        .Append(_ml.Transforms.ApplyOnnxModel([ResNeXtMetadata.FeaturesName], [ResNeXtMetadata.InputName], modelFile));

    private static void Read(IDataView scored)
    {
        using DataViewRowCursor cursor = scored.GetRowCursor([scored.Schema[ResNeXtMetadata.FeaturesName]]);
        ValueGetter<VBuffer<float>> getter = cursor.GetGetter<VBuffer<float>>(scored.Schema[ResNeXtMetadata.FeaturesName]);
        VBuffer<float> features = default;
        while (cursor.MoveNext())
        {
            getter(ref features);
        }
    }

    private void ScoreAlone(ResNeXtModel model, ImageBatch batch)
    {
        for (int done = 0; done < ScoredAlone; done += BatchSize)
        {
            batch.Score(model, [ResNeXtMetadata.FeaturesName]);
        }
    }

    private void DecodeAlone(ImagePreprocessing preprocessing)
    {
        var single = new ImageBatch(1, preprocessing, new ImageDecoding());
        foreach (string path in paths)
        {
            single.Fill(ImageSource.FromFile(path));
        }
    }

    private double[] Latencies(ResNeXtTransformer transformer)
    {
        using var engine = _ml.Model.CreatePredictionEngine<LabeledImage, Vector>(transformer, new PredictionEngineOptions { OwnsTransformer = false });
        var result = new Vector();
        return [.. Enumerable.Range(0, LatencyImages).Select(i =>
        {
            cancellation.ThrowIfCancellationRequested();
            var image = new LabeledImage { ImagePath = paths[i % paths.Count], Label = "" };
            return 1000 / Rate(1, () => engine.Predict(image, ref result));
        }).Skip(1)]; // the first warms up
    }

    private static double Rate(int images, Action work)
    {
        long start = Stopwatch.GetTimestamp();
        work();
        return images / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Quantile(double[] values, double share) => values.Order().ElementAt((int)(share * (values.Length - 1)));

    private sealed class Vector
    {
        [ColumnName(ResNeXtMetadata.FeaturesName)]
        public VBuffer<float> Features { get; set; }
    }
}
