using System.Collections.Concurrent;
using System.Numerics.Tensors;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace ResNeXt.Training;

/// <summary>
/// A teacher that is open. Any number of threads may ask it at once: each runs one photo on one thread, so what it says of a photo depends on nothing else, and batches that
/// the file fixes to one cost nothing.
/// </summary>
internal sealed class TeacherSession : IDisposable
{
    private const int MostValues = 1 << 22; // 8 MB

    private readonly string _path;
    private readonly string _input;
    private readonly string? _features;
    private readonly string? _logits;
    private readonly string[] _outputs;
    private readonly TeacherPreparation _preparation;
    private readonly ImagePreprocessor _preprocessor;
    private readonly (float Mean, float Std)[] _colors;
    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();
    private readonly ConcurrentBag<Workspace> _idle = [];

    /// <param name="graph">The file.</param>
    /// <param name="features">The value that is learned as features; null for none.</param>
    /// <param name="logits">The value that is learned as logits; null for none.</param>
    /// <param name="preparation">How a photo becomes its input.</param>
    /// <param name="device">Where it runs.</param>
    /// <exception cref="InvalidDataException">ONNX Runtime does not take it, or the values are no vectors or maps.</exception>
    public TeacherSession(TeacherGraph graph, string? features, string? logits, TeacherPreparation preparation, ExecutionDevice device)
    {
        (_path, _input, _features, _logits, _preparation) = (graph.Path, graph.Input, features, logits, preparation);
        _outputs = [.. new[] { features, logits }.OfType<string>().Distinct()];
        _preprocessor = new ImagePreprocessor(preparation.Preprocessing, preparation.Views);
        ImagePreprocessing numbers = preparation.Preprocessing;
        _colors = preparation.InGraph ? [(0, 1), (0, 1), (0, 1)] : [.. PixelNormalization.Scaled(numbers.Mean).Zip(PixelNormalization.Scaled(numbers.StandardDeviation))];
        (_session, _, _) = InferenceSessionFactory.Open(graph.WithOutputs(_outputs), graph.Path, device, new SessionThreads { IntraOp = 1 });
        try
        {
            Layout = FindLayout();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>What it says of a photo.</summary>
    public TeacherLayout Layout { get; }

    /// <summary>Asks it.</summary>
    /// <param name="image">The photo's file.</param>
    /// <param name="row">Receives <see cref="TeacherLayout.Count"/> values.</param>
    /// <exception cref="InvalidDataException">The photo cannot be read, or the teacher says what float16 cannot hold.</exception>
    public void Ask(string image, Span<Half> row)
    {
        if (!_idle.TryTake(out Workspace? workspace))
        {
            workspace = NewWorkspace();
        }

        ImagePreprocessing preprocessing = _preparation.Preprocessing;
        using (RgbImage decoded = ImageDecoder.DecodeFile(image, preprocessing.Orientation))
        {
            _preprocessor.Process(decoded, workspace.Pixels);
        }

        int views = CropViews.Count(_preparation.Views);
        Span<float> values = workspace.Row;
        values.Clear();
        for (int view = 0; view < views; view++)
        {
            SetInput(workspace.Pixels.AsSpan(view * preprocessing.ByteCount, preprocessing.ByteCount), workspace.Input);
            Run(workspace.Input, values);
        }

        TensorPrimitives.Divide(values, views, values);
        TensorPrimitives.ConvertToHalf(values, row);
        foreach (Half value in row)
        {
            if (!Half.IsFinite(value))
            {
                throw new InvalidDataException(FormattableString.Invariant(
                    $"Teacher '{_path}' says {TensorPrimitives.MaxMagnitude<float>(values)} of '{image}': expected numbers that float16 holds, up to 65504. Check --teacher-mean and --teacher-std, or learn another value."));
            }
        }

        _idle.Add(workspace);
    }

    public void Dispose()
    {
        _session.Dispose();
        _runOptions.Dispose();
    }

    /// <summary>Adds what is said of one view.</summary>
    private void Run(float[] input, Span<float> row)
    {
        using IDisposableReadOnlyCollection<OrtValue> values = Run(input);
        for (int i = 0; i < _outputs.Length; i++)
        {
            ReadOnlySpan<float> value = values[i].GetTensorDataAsSpan<float>();
            if (_outputs[i] == _features)
            {
                AddFeatures(value, row);
            }

            if (_outputs[i] == _logits)
            {
                Span<float> target = row[Layout.FeatureCount..];
                TensorPrimitives.Add(target, value, target);
            }
        }
    }

    // [C,h,w] -> [h,w,C]
    private void AddFeatures(ReadOnlySpan<float> value, Span<float> row)
    {
        int places = Layout.Height * Layout.Width;
        for (int channel = 0; channel < Layout.Channels; channel++)
        {
            for (int place = 0; place < places; place++)
            {
                row[(place * Layout.Channels) + channel] += value[(channel * places) + place];
            }
        }
    }

    private IDisposableReadOnlyCollection<OrtValue> Run(float[] input)
    {
        int size = _preparation.Preprocessing.ImageSize;
        try
        {
            using OrtValue tensor = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, input.AsMemory(), [1, RgbImage.Channels, size, size]);
            return _session.Run(_runOptions, [_input], [tensor], _outputs);
        }
        catch (OnnxRuntimeException exception)
        {
            throw new InvalidDataException(FormattableString.Invariant(
                $"Teacher '{_path}' does not take a photo of {size} x {size} pixels: {exception.Message} Is --teacher-image-size right?"), exception);
        }
    }

    private void SetInput(ReadOnlySpan<byte> pixels, Span<float> input)
    {
        int plane = input.Length / RgbImage.Channels;
        for (int color = 0; color < RgbImage.Channels; color++)
        {
            (float mean, float std) = _colors[color];
            Span<float> target = input.Slice((_preparation.Order == ChannelOrder.Bgr ? RgbImage.Channels - 1 - color : color) * plane, plane);
            for (int i = 0; i < target.Length; i++)
            {
                target[i] = (pixels[(i * RgbImage.Channels) + color] - mean) / std;
            }
        }
    }

    private TeacherLayout FindLayout()
    {
        using IDisposableReadOnlyCollection<OrtValue> values = Run(new float[_preparation.Preprocessing.ByteCount]);
        var shapes = new Dictionary<string, long[]>();
        for (int i = 0; i < _outputs.Length; i++)
        {
            OrtTensorTypeAndShapeInfo info = values[i].GetTensorTypeAndShape();
            long[] shape = info.ElementDataType == TensorElementType.Float ? info.Shape : throw Wrong(_outputs[i], $"{info.ElementDataType}");
            shapes[_outputs[i]] = shape is [1, > 0] or [1, > 0, > 0, > 0] ? shape : throw Wrong(_outputs[i], $"[{string.Join(", ", shape)}]");
        }

        long[]? features = _features is null ? null : shapes[_features], logits = _logits is null ? null : shapes[_logits];
        if (logits is { Length: 4 })
        {
            throw new InvalidDataException($"Value '{_logits}' of teacher '{_path}' is a map, [{string.Join(", ", logits)}]: expected a vector of logits, [1, classes], for --distill-logits.");
        }

        var layout = new TeacherLayout((int)(features?[1] ?? 0), (int)(features is [_, _, long h, _] ? h : 1), (int)(features is [_, _, _, long w] ? w : 1), (int)(logits?[1] ?? 0));
        if (layout.Count > MostValues)
        {
            throw new InvalidDataException(FormattableString.Invariant($"Teacher '{_path}' says {layout.Count:N0} numbers of each photo ('{string.Join("', '", _outputs)}'): expected at most {MostValues:N0}. Name a smaller value with --teacher-output."));
        }

        return !layout.IsMap || _preparation.Views == ImageViews.Center
            ? layout
            : throw new InvalidDataException($"Value '{_features}' of teacher '{_path}' is a map, which {nameof(TrainRecipe.TeacherViews)} (--teacher-views) cannot average: name a vector (--teacher-output), or leave the views out.");

        InvalidDataException Wrong(string value, string found) =>
            new($"Value '{value}' of teacher '{_path}' is {found}: expected floats, a vector [1, C] or a map [1, C, h, w] of each photo. Name another with --teacher-output.");
    }

    private Workspace NewWorkspace()
    {
        int bytes = _preparation.Preprocessing.ByteCount;
        return new Workspace(new byte[CropViews.Count(_preparation.Views) * bytes], new float[bytes], new float[Layout.Count]);
    }

    /// <summary>Room for one photo on its way.</summary>
    private sealed record Workspace(byte[] Pixels, float[] Input, float[] Row);
}
