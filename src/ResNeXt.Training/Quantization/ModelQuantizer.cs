using Google.Protobuf;
using Microsoft.ML;
using ResNeXt.Training.Onnx;

namespace ResNeXt.Training;

/// <summary>
/// Brings an exported model to 8 bits by static quantisation: int8 weights with a scale for each output channel, unsigned activations whose
/// ranges come from calibration images. The file stays an ordinary ONNX file (QDQ form) with the same input and outputs in float.
/// </summary>
public static class ModelQuantizer
{
    private const int LayerImages = 16; // enough for a figure per layer; all activations of an image are in memory twice

    /// <summary>Quantises a model file with image files.</summary>
    /// <param name="modelFile">A float32 model that <c>resnext export</c> or <c>resnext train</c> wrote.</param>
    /// <param name="output">The .onnx file to create or replace; the report goes next to it, <see cref="QuantizationReport.PathOf"/>.</param>
    /// <param name="images">Paths of typical images, of all classes.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellation">Stops between two batches; nothing is written then.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or names a node that the model has not.</exception>
    /// <exception cref="InvalidDataException">The model is not ours or not float32, or there are too few images that can be read.</exception>
    public static QuantizationReport Quantize(
        string modelFile, string output, IReadOnlyList<string> images, QuantizationOptions? options = null, CancellationToken cancellation = default) =>
        Quantize(modelFile, output, CalibrationImages.Files(images), images.Count, options, cancellation);

    /// <summary>Quantises a model file with the images of a data view.</summary>
    /// <inheritdoc cref="Quantize(string, string, IReadOnlyList{string}, QuantizationOptions?, CancellationToken)"/>
    /// <param name="modelFile">A float32 model that <c>resnext export</c> or <c>resnext train</c> wrote.</param>
    /// <param name="output">The .onnx file to create or replace; the report goes next to it, <see cref="QuantizationReport.PathOf"/>.</param>
    /// <param name="images">Data with typical images, of all classes.</param>
    /// <param name="columnName">The image column: text (a path), a vector of bytes (an encoded image) or <see cref="Microsoft.ML.Data.MLImage"/>.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellation">Stops between two batches; nothing is written then.</param>
    public static QuantizationReport Quantize(
        string modelFile, string output, IDataView images, string columnName, QuantizationOptions? options = null, CancellationToken cancellation = default) =>
        Quantize(modelFile, output, Rows(images, columnName), images.GetRowCount() ?? Rows(images, columnName).LongCount(), options, cancellation);

    /// <summary>Quantises a float model in memory.</summary>
    /// <param name="model">The model.</param>
    /// <param name="images">The images that are looked at.</param>
    /// <param name="imageSize">Edge of an image in pixels.</param>
    /// <param name="options">How.</param>
    /// <param name="log">Told what is begun, a line each: a large network takes minutes.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    internal static (ModelProto Model, QuantizationReport Report) Quantize(
        ModelProto model, CalibrationImages images, int imageSize, QuantizationOptions options, Action<string>? log, CancellationToken cancellation)
    {
        var keepFloat = options.KeepFloat.ToHashSet();
        if (keepFloat.Except(QdqRewriter.Nodes(model)).FirstOrDefault() is string unknown)
        {
            throw new ArgumentException($"{nameof(options.KeepFloat)} names '{unknown}', which the model has not: expected the name of a convolution or addition, such as {QdqRewriter.Nodes(model).First()}.");
        }

        log?.Invoke($"Ranges of activations from {images.Ranges.Count} calibration images ({images.Skipped} skipped) ...");
        IReadOnlyDictionary<string, ActivationHistogram> histograms = ActivationStatistics.Collect(model, images.Ranges, imageSize, cancellation);
        log?.Invoke($"The float model on {images.HeldBack.Count} images held back ...");
        ModelOutput[] expected = ModelOutput.Of(model, images.HeldBack, imageSize, cancellation);
        CalibrationMethod[] methods = options.Method == CalibrationMethod.Auto
            ? [CalibrationMethod.MinMax, CalibrationMethod.Percentile, CalibrationMethod.Entropy, CalibrationMethod.Mse]
            : [options.Method];
        var tried = methods.Select(method => Try(method)).ToList();
        (CalibrationMethod best, IReadOnlyDictionary<string, ActivationRange> ranges, ModelProto quantized, OutputComparison overall) = tried.MaxBy(attempt => attempt.Overall.MeanCosine);
        log?.Invoke("Every layer ...");
        return (quantized, new QuantizationReport
        {
            Method = best,
            WeightBits = options.WeightBits,
            CalibrationImages = images.Ranges.Count,
            Skipped = images.Skipped,
            Overall = overall,
            Methods = tried.ToDictionary(attempt => attempt.Method, attempt => attempt.Overall),
            Layers = LayerComparison.Of(model, quantized, ranges, [.. images.HeldBack.Take(LayerImages)], imageSize, cancellation),
        });

        (CalibrationMethod Method, IReadOnlyDictionary<string, ActivationRange> Ranges, ModelProto Model, OutputComparison Overall) Try(CalibrationMethod method)
        {
            log?.Invoke($"Calibration by {method} ...");
            var found = histograms.ToDictionary(pair => pair.Key, pair => RangeSearch.Find(pair.Value, method));
            foreach (NodeProto pool in model.Graph.Node.Where(node => node.OpType == "MaxPool" && !keepFloat.Contains(node.Name)))
            {
                found[pool.Output[0]] = found[pool.Input[0]]; // a maximum is one of its inputs: the same steps keep the operator a mere choice
            }

            ModelProto attempt = QdqRewriter.Rewrite(model, found, keepFloat, options.WeightBits);
            return (method, found, attempt, OutputComparison.Of(expected, ModelOutput.Of(attempt, images.HeldBack, imageSize, cancellation)));
        }
    }

    private static QuantizationReport Quantize(
        string modelFile, string output, IEnumerable<Func<ImageSource>> images, long count, QuantizationOptions? options, CancellationToken cancellation)
    {
        options = (options ?? new QuantizationOptions()).Validated();
        byte[] onnx = RegularFile.ReadAllBytes(ModelFile.Resolve(modelFile));
        ResNeXtMetadata metadata = MetadataOf(onnx, modelFile);
        ModelProto model = ModelProto.Parser.ParseFrom(onnx);
        GroupMerger.Merge(model.Graph, GroupMerger.Channels(ModelPrecision.Int8));
        var chosen = CalibrationImages.Choose(images, count, options.Images, metadata.Preprocessing, cancellation);
        (ModelProto quantized, QuantizationReport report) = Quantize(model, chosen, metadata.Preprocessing.ImageSize, options, log: null, cancellation);
        quantized.MetadataProps.Clear();
        quantized.MetadataProps.AddRange(OnnxGraph.Entries((metadata with { Precision = ModelPrecision.Int8 }).ToProperties()));
        OnnxGraph.Save(quantized, output);
        report.Save(output);
        return report;
    }

    private static ResNeXtMetadata MetadataOf(byte[] onnx, string modelFile)
    {
        using ResNeXtModel model = ResNeXtModel.Load(onnx, modelFile, ExecutionDevice.Cpu);
        return model.Metadata.Precision == ModelPrecision.Float32
            ? model.Metadata
            : throw new InvalidDataException($"'{modelFile}' is of precision {model.Metadata.Precision}: expected the Float32 model that it was made from.");
    }

    private static IEnumerable<Func<ImageSource>> Rows(IDataView data, string columnName)
    {
        DataViewSchema.Column column = ImageColumn.Find(data.Schema, columnName);
        using DataViewRowCursor cursor = data.GetRowCursor([column]);
        Func<ImageSource> read = ImageColumn.Reader(cursor, column);
        while (cursor.MoveNext())
        {
            yield return read;
        }
    }
}
