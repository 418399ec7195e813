using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Onnx;

namespace ResNeXt.Training;

/// <summary>A model file and photos, and the ways to measure them: each gives images/s of one pass, after which another may be taken in turn.</summary>
internal sealed class MeasuredModel : IDisposable
{
    private const int BatchSize = ResNeXtOptions.DefaultBatchSize;

    private readonly MLContext _ml = new(seed: 1);
    private readonly IReadOnlyList<string> _paths;
    private readonly IDataView _images;
    private readonly ResNeXtModel _model;
    private readonly ResNeXtTransformer _ours;
    private readonly TransformerChain<OnnxTransformer> _stock;
    private readonly ImageBatch _batch;

    /// <param name="modelFile">The model.</param>
    /// <param name="paths">Image files, all readable; at least a batch of 16.</param>
    public MeasuredModel(string modelFile, IReadOnlyList<string> paths)
    {
        _paths = paths;
        _images = _ml.Data.LoadFromEnumerable(paths.Select(path => new LabeledImage { ImagePath = path, Label = "" }));
        _model = ResNeXtModel.Load(modelFile, ExecutionDevice.Cpu);
        _ours = _ml.Transforms.FeaturizeImages(ResNeXtMetadata.FeaturesName, nameof(LabeledImage.ImagePath), _model.Name, device: ExecutionDevice.Cpu).Fit(_images);
        int size = _model.Metadata.Preprocessing.ImageSize;
        _stock = _ml.Transforms.LoadImages("Pixels", null, nameof(LabeledImage.ImagePath))
            .Append(_ml.Transforms.ResizeImages("Pixels", size, size))
            .Append(_ml.Transforms.ExtractPixels(ResNeXtMetadata.InputName, "Pixels"))
            .Append(_ml.Transforms.ApplyOnnxModel([ResNeXtMetadata.FeaturesName], [ResNeXtMetadata.InputName], _model.Name)).Fit(_images);
        _batch = new ImageBatch(BatchSize, _model.Metadata.Preprocessing, new ImageDecoding());
        _batch.StartFilling(paths.Take(BatchSize).Select(ImageSource.FromFile).GetEnumerator()).Wait();
    }

    /// <summary>What the file says of itself.</summary>
    public ResNeXtMetadata Metadata => _model.Metadata;

    /// <summary>The folder through <c>FeaturizeImages</c> in an ML.NET pipeline.</summary>
    public double Ours() => Rate(_paths.Count, () => Read(_ours.Transform(_images)));

    /// <summary>The same file through stock ML.NET: LoadImages, ResizeImages, ExtractPixels, ApplyOnnxModel.</summary>
    public double Stock() => Rate(_paths.Count, () => Read(_stock.Transform(_images)));

    /// <summary>The network alone, one batch ready in memory again and again.</summary>
    public double ScoreAlone()
    {
        int batches = _paths.Count / BatchSize;
        return Rate(batches * BatchSize, () =>
        {
            for (int i = 0; i < batches; i++)
            {
                _batch.Score(_model, [ResNeXtMetadata.FeaturesName]);
            }
        });
    }

    /// <summary>Reading, decoding and resizing alone, on one core.</summary>
    public double DecodeAlone()
    {
        var single = new ImageBatch(1, Metadata.Preprocessing, new ImageDecoding());
        return Rate(_paths.Count, () =>
        {
            foreach (string path in _paths)
            {
                single.Fill(ImageSource.FromFile(path));
            }
        });
    }

    /// <summary>Milliseconds of single images through a <c>PredictionEngine</c>.</summary>
    public double[] Latencies(int images, CancellationToken cancellation)
    {
        using var engine = _ml.Model.CreatePredictionEngine<LabeledImage, Vector>(_ours, new PredictionEngineOptions { OwnsTransformer = false });
        var result = new Vector();
        return [.. Enumerable.Range(0, images).Select(i =>
        {
            cancellation.ThrowIfCancellationRequested();
            var image = new LabeledImage { ImagePath = _paths[i % _paths.Count], Label = "" };
            return 1000 / Rate(1, () => engine.Predict(image, ref result));
        }).Skip(1)]; // the first warms up
    }

    public void Dispose()
    {
        _stock.Dispose();
        _ours.Dispose();
        _model.Dispose();
    }

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

    private static double Rate(int images, Action work)
    {
        long start = Stopwatch.GetTimestamp();
        work();
        return images / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private sealed class Vector
    {
        [ColumnName(ResNeXtMetadata.FeaturesName)]
        public VBuffer<float> Features { get; set; }
    }
}
