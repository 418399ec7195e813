using System.Collections.Concurrent;
using System.Numerics.Tensors;
using Microsoft.ML.Data;

namespace ResNeXt.MLNet;

/// <summary>
/// A model file for single images, without ML.NET around it. Any number of threads may predict at once, over one network in memory.
/// <see cref="BatchingPredictor"/> makes many callers at once faster.
/// </summary>
/// <example><code>
/// using ResNeXtPredictor predictor = ResNeXtPredictor.Load("model.onnx");
/// Console.WriteLine(predictor.Predict("photo.jpg").Label);
/// </code></example>
public sealed class ResNeXtPredictor : IDisposable
{
    private static readonly string[] Outputs = [ResNeXtMetadata.ProbabilitiesName, ResNeXtMetadata.FeaturesName];
    private static readonly string[] MapOutputs = [ResNeXtMetadata.ProbabilitiesName, ResNeXtMetadata.ActivationMapsName];

    private readonly ResNeXtModel _model;

    /// <summary>As many as threads have ever predicted at once.</summary>
    private readonly ConcurrentBag<Workspace> _idle = [];

    private ResNeXtPredictor(ResNeXtModel model, ImageLimits? limits)
    {
        _model = model;
        Decoding = model.Metadata.Preprocessing.Decoding(limits: limits);
        Preprocessor = new ImagePreprocessor(model.Metadata.Preprocessing);
    }

    /// <summary>What the model file says of itself: architecture, labels, preprocessing, feature width.</summary>
    public ResNeXtMetadata Metadata => _model.Metadata;

    /// <summary>The device that the network runs on.</summary>
    public ExecutionDevice Device => _model.Device;

    /// <summary>Whether the model file has activation maps, which <see cref="HeatMap"/> needs: one that <c>resnext train</c> or <c>resnext export</c> wrote with <c>--activation-maps</c>.</summary>
    public bool HasHeatMaps => _model.HasOutput(ResNeXtMetadata.ActivationMapsName);

    internal ImageDecoding Decoding { get; }

    internal ImagePreprocessor Preprocessor { get; }

    /// <summary>What metrics call the model: its file's name.</summary>
    internal string ModelName => Path.GetFileName(_model.Name);

    /// <summary>Opens a model file; whoever loads it disposes it.</summary>
    /// <param name="modelFile">
    /// A file that <c>resnext train</c> or <c>resnext export</c> wrote or, where there is no such file, the name of published weights that
    /// <c>resnext weights pull</c> made ready: <c>resnext50_32x4d</c> for one.
    /// </param>
    /// <param name="device">Where the network runs; <see langword="null"/> is <see cref="ExecutionDevice.Auto"/>.</param>
    /// <param name="limits">How large an image may be, lower for uploads of strangers; <see langword="null"/> for the defaults.</param>
    /// <param name="threads">What the network computes with; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">A limit or a number of threads is out of its range.</exception>
    /// <exception cref="FileNotFoundException">There is no such file, and no model of that name in the cache; the message says what to do.</exception>
    /// <exception cref="InvalidDataException">The file is not a model of ours.</exception>
    /// <exception cref="InvalidOperationException">The device or ONNX Runtime itself is missing.</exception>
    public static ResNeXtPredictor Load(string modelFile, ExecutionDevice? device = null, ImageLimits? limits = null, SessionThreads? threads = null)
    {
        limits?.Validated();
        return new(ResNeXtModel.Load(modelFile, device, threads?.Validated()), limits);
    }

    /// <summary>The path that <see cref="Load"/> opens: that of the file or, of a name, that of its model in the cache. For programs that watch the file or give it to others.</summary>
    /// <param name="modelFile">As <see cref="Load"/> takes it.</param>
    /// <returns>A path; whether the file is there is not said.</returns>
    public static string PathOf(string modelFile)
    {
        ArgumentNullException.ThrowIfNull(modelFile);
        return ModelFile.PathOf(modelFile);
    }

    /// <summary>Predicts an image file.</summary>
    /// <param name="imagePath">JPEG, PNG, GIF, BMP or WebP.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read, or is a folder.</exception>
    /// <exception cref="InvalidDataException">The file is not an image, is damaged or too large.</exception>
    /// <exception cref="ObjectDisposedException">The predictor has been disposed.</exception>
    public ImagePrediction Predict(string imagePath) =>
        Predict(ImageSource.FromFile(imagePath).Decode(Decoding));

    /// <summary>Predicts an encoded image.</summary>
    /// <param name="encoded">A whole image file.</param>
    /// <exception cref="InvalidDataException">The bytes are not an image, are damaged or too large.</exception>
    /// <exception cref="ObjectDisposedException">The predictor has been disposed.</exception>
    public ImagePrediction Predict(ReadOnlySpan<byte> encoded) =>
        Predict(ImageDecoder.Decode(encoded, "image", Decoding));

    /// <summary>Reads the header of an encoded image: how large it is, and what decoding it for this model takes.</summary>
    /// <param name="encoded">A whole image file.</param>
    /// <param name="name">What error messages call it.</param>
    /// <returns>Without looking at pixels, in microseconds: whether they can be decoded is not said.</returns>
    /// <exception cref="InvalidDataException">The bytes are not an image, or one that is too large.</exception>
    public ImageHeader ReadHeader(ReadOnlySpan<byte> encoded, string name = "image") => ImageDecoder.ReadHeader(encoded, name, Decoding);

    /// <summary>Predicts an image in memory.</summary>
    /// <param name="image">The pixels; taken as they lie, and still the caller's to dispose.</param>
    /// <exception cref="InvalidDataException">The image is too narrow or too long to be resized.</exception>
    /// <exception cref="ObjectDisposedException">The predictor has been disposed.</exception>
    public ImagePrediction Predict(MLImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return Predict(ImageColumn.ToRgb(image));
    }

    /// <summary>Where in an image the network sees a class. The network runs once more for it.</summary>
    /// <param name="encoded">A whole image file.</param>
    /// <param name="label">One of the model's labels; <see langword="null"/> for the most probable.</param>
    /// <exception cref="ArgumentException">The model has no such label.</exception>
    /// <exception cref="InvalidDataException">The bytes are not an image, are damaged or too large.</exception>
    /// <exception cref="InvalidOperationException">The model file has no activation maps: <see cref="HasHeatMaps"/>.</exception>
    /// <exception cref="ObjectDisposedException">The predictor has been disposed.</exception>
    public HeatMap HeatMap(ReadOnlySpan<byte> encoded, string? label = null)
    {
        if (!HasHeatMaps)
        {
            throw new InvalidOperationException($"'{_model.Name}' has no activation maps: export it with `resnext export --activation-maps`.");
        }

        _model.RequireClasses();
        string[] labels = [.. Metadata.Labels];
        int wanted = Array.IndexOf(labels, label);
        if (label is not null && wanted < 0)
        {
            string known = string.Join(", ", labels.Take(10)) + (labels.Length > 10 ? ", ..." : "");
            throw new ArgumentException($"'{label}' is no label of '{_model.Name}': expected one of {known}.", nameof(label));
        }

        using RgbImage image = ImageDecoder.Decode(encoded, "image", Decoding);
        float[][] values = Run(image, MapOutputs);
        return MLNet.HeatMap.Of(Metadata, label is null ? TensorPrimitives.IndexOfMax(values[0]) : wanted, values[1], (image.Width, image.Height));
    }

    /// <summary>Frees the network; waits for predictions under way.</summary>
    public void Dispose() => _model.Dispose();

    /// <summary>The error of a prediction that is not a number; null where it is one.</summary>
    internal Exception? Fault(ImagePrediction prediction) => _model.Fault(prediction.Values, "image");

    /// <summary>Runs the first images of a batch.</summary>
    internal ImagePrediction[] Score(TensorBatch batch, int count) =>
        [.. _model.Run(batch, count, Outputs).Select(values => new ImagePrediction(Metadata.Labels, values[0], values[1]))];

    /// <param name="image">Disposed here.</param>
    private ImagePrediction Predict(RgbImage image)
    {
        using RgbImage _ = image;
        float[][] values = Run(image, Outputs);
        return new ImagePrediction(Metadata.Labels, values[0], values[1]);
    }

    private float[][] Run(RgbImage image, string[] outputs)
    {
        if (!_idle.TryTake(out Workspace? workspace))
        {
            ImagePreprocessing preprocessing = Metadata.Preprocessing;
            workspace = new Workspace(new byte[preprocessing.ByteCount], new TensorBatch(1, preprocessing.ImageSize));
        }

        try
        {
            Preprocessor.Process(image, workspace.Pixels);
            workspace.Batch.Set(0, workspace.Pixels);
            float[][] values = _model.Run(workspace.Batch, 1, outputs)[0];
            return _model.Fault(values, "image") is Exception fault ? throw fault : values;
        }
        finally
        {
            _idle.Add(workspace);
        }
    }

    /// <summary>Room for one image on its way.</summary>
    private sealed record Workspace(byte[] Pixels, TensorBatch Batch);
}
