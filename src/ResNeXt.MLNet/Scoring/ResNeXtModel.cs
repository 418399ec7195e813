using System.Numerics.Tensors;
using Microsoft.ML.OnnxRuntime;

namespace ResNeXt.MLNet;

/// <summary>
/// An open model file. Any number of threads may run it at once; whoever loads it disposes it. <see cref="Dispose"/> waits for
/// the runs under way, later ones throw <see cref="ObjectDisposedException"/>.
/// </summary>
internal sealed class ResNeXtModel : IDisposable
{
    private static readonly string[] InputNames = [ResNeXtMetadata.InputName];

    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();
    private readonly ReaderWriterLockSlim _lifetime = new();
    private bool _isDisposed;

    private ResNeXtModel(InferenceSession session, string name, ExecutionDevice device, string deviceReason)
    {
        _session = session;
        Name = name;
        Device = device;
        DeviceReason = deviceReason;
        Metadata = ResNeXtMetadata.FromProperties(session.ModelMetadata.CustomMetadataMap, name);
        RequireGraph();
    }

    /// <summary>What messages call the model, as a rule its path.</summary>
    public string Name { get; }

    /// <summary>What the file says of itself.</summary>
    public ResNeXtMetadata Metadata { get; }

    /// <summary>The device that was taken, never <see cref="ExecutionDevice.Auto"/>.</summary>
    public ExecutionDevice Device { get; }

    /// <summary>Why that device, for the log.</summary>
    public string DeviceReason { get; }

    public bool IsDisposed => Volatile.Read(ref _isDisposed);

    /// <exception cref="FileNotFoundException">There is no such file, and no model of that name (<see cref="ModelFile"/>).</exception>
    /// <exception cref="InvalidDataException">The file is not a model of ours.</exception>
    /// <exception cref="InvalidOperationException">The device or ONNX Runtime itself is missing.</exception>
    public static ResNeXtModel Load(string nameOrFile, ExecutionDevice? device = null, SessionThreads? threads = null)
    {
        string path = ModelFile.Resolve(nameOrFile);
        return Load(RegularFile.ReadAllBytes(path), path, device, threads);
    }

    /// <inheritdoc cref="Load(string, ExecutionDevice?, SessionThreads?)"/>
    /// <param name="onnx">A whole .onnx file.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="device">Where it runs; <see langword="null"/> for <see cref="ExecutionDevice.Auto"/>.</param>
    /// <param name="threads">With what; <see langword="null"/> for the defaults.</param>
    public static ResNeXtModel Load(byte[] onnx, string name, ExecutionDevice? device = null, SessionThreads? threads = null)
    {
        ModelCheck.Require(onnx, name);
        Task<bool> isWhole = Task.Factory.StartNew(() => ModelSeal.IsWhole(onnx), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default); // a thread of its own, beside the opening
        InferenceSession? session = null;
        try
        {
            (session, ExecutionDevice taken, string reason) = InferenceSessionFactory.Open(onnx, name, device ?? ExecutionDevice.Auto, threads);
            return isWhole.GetAwaiter().GetResult() ? new ResNeXtModel(session, name, taken, reason) : throw Damaged();
        }
        catch (InvalidDataException) when (!isWhole.GetAwaiter().GetResult())
        {
            session?.Dispose();
            throw Damaged();
        }
        catch
        {
            session?.Dispose();
            throw;
        }

        InvalidDataException Damaged() => new($"'{name}' is damaged: its content is not what was written, by the digest that it carries. Copy or export it anew.");
    }

    /// <summary>Whether the graph has an output of that name.</summary>
    public bool HasOutput(string output) => _session.OutputMetadata.ContainsKey(output);

    /// <summary>Channels of the named output of the graph: its second dimension.</summary>
    public int Channels(string output) => _session.OutputMetadata[output].Dimensions[1];

    /// <summary>Values for each image in the named output of the graph.</summary>
    public int Width(string output) => output == ResNeXtMetadata.FeaturesName ? Metadata.FeatureWidth : Metadata.Labels.Count;

    /// <exception cref="InvalidDataException">The model has no classes.</exception>
    public void RequireClasses()
    {
        if (Metadata.IsFeaturizer)
        {
            throw new InvalidDataException($"'{Name}' is a featurizer: it was trained without labels and knows no classes. Take its features (FeaturizeImages, `resnext featurize`), or train it on labelled images (--weights).");
        }
    }

    /// <summary>Runs the first <paramref name="count"/> images of a batch.</summary>
    /// <param name="batch">Preprocessed images.</param>
    /// <param name="count">How many of them, 1 or more.</param>
    /// <param name="outputs">Names of the outputs wanted; nothing else is computed.</param>
    /// <param name="views">Rows of the batch that belong to one image.</param>
    /// <returns>For each image, for each output, its values, one view after another: copied once, out of the memory that ONNX Runtime keeps for its outputs.</returns>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public float[][][] Run(TensorBatch batch, int count, IReadOnlyList<string> outputs, int views = 1)
    {
        _lifetime.EnterReadLock();
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            using OrtValue input = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, batch.First(count * views), batch.Shape(count * views));
            using IDisposableReadOnlyCollection<OrtValue> values = _session.Run(_runOptions, InputNames, [input], outputs);
            for (int i = 0; i < outputs.Count; i++)
            {
                RequireRows(values.ElementAt(i), outputs[i], count * views);
            }

            return [.. Enumerable.Range(0, count).Select(image => values.Select(value => Row(value, image, count)).ToArray())];
        }
        catch (OnnxRuntimeException exception) when (exception.Message.Contains("node", StringComparison.Ordinal))
        {
            throw new InvalidDataException($"'{Name}' cannot be run, its graph does not hold together: {exception.Message}", exception);
        }
        finally
        {
            _lifetime.ExitReadLock();
        }
    }

    /// <summary>An answer that is not a number tells of damaged weights, or of an image that no network of this kind was made for.</summary>
    /// <param name="values">The values of one image.</param>
    /// <param name="name">What messages call the image.</param>
    /// <returns>Null where all is well.</returns>
    public InvalidDataException? Fault(IEnumerable<float[]> values, string name) => values.All(value => float.IsFinite(TensorPrimitives.SumOfMagnitudes<float>(value)))
        ? null
        : new InvalidDataException($"'{name}': the answer of '{Name}' is not a number (NaN or infinite). Its weights are damaged, or its training failed.");

    public void Dispose()
    {
        // The lock itself is left to the collector: a run that comes late must still be able to enter it and be refused.
        _lifetime.EnterWriteLock();
        try
        {
            if (!_isDisposed)
            {
                _isDisposed = true;
                _session.Dispose();
                _runOptions.Dispose();
            }
        }
        finally
        {
            _lifetime.ExitWriteLock();
        }
    }

    /// <summary>What comes out must be what was declared, else an image would be given another's values.</summary>
    private void RequireRows(OrtValue value, string output, int rows)
    {
        long[] shape = value.GetTensorTypeAndShape().Shape;
        int width = Channels(output);
        if (shape.Length < 2 || shape[0] != rows || shape[1] != width)
        {
            throw new InvalidDataException($"'{Name}' gives '{output}' of shape [{string.Join(", ", shape)}] for {rows} images: expected [{rows}, {width}, ...]. It is no model of this kind.");
        }
    }

    private static float[] Row(OrtValue value, int image, int count)
    {
        ReadOnlySpan<float> all = value.GetTensorDataAsSpan<float>();
        int width = all.Length / count;
        return all.Slice(image * width, width).ToArray();
    }

    /// <summary>The graph must be what the metadata promises, else a run would fail in the middle of somebody's data.</summary>
    private void RequireGraph()
    {
        int size = Metadata.Preprocessing.ImageSize;
        Require(_session.InputMetadata, "input", ResNeXtMetadata.InputName, [RgbImage.Channels, size, size]);
        Require(_session.OutputMetadata, "output", ResNeXtMetadata.FeaturesName, [Metadata.FeatureWidth]);
        Require(_session.OutputMetadata, "output", ResNeXtMetadata.LogitsName, [Metadata.Labels.Count]);
        Require(_session.OutputMetadata, "output", ResNeXtMetadata.ProbabilitiesName, [Metadata.Labels.Count]);
    }

    private void Require(IReadOnlyDictionary<string, NodeMetadata> nodes, string kind, string node, int[] shape)
    {
        // The first dimension is the batch and must be free (-1).
        int[]? found = nodes.TryGetValue(node, out NodeMetadata? metadata) && metadata.ElementType == typeof(float) ? metadata.Dimensions : null;
        if (found is not [-1, ..] || !found.AsSpan(1).SequenceEqual(shape))
        {
            string expected = string.Join(", ", shape);
            string actual = found is null ? "no such float tensor" : $"[{string.Join(", ", found)}]";
            throw new InvalidDataException($"'{Name}' has a graph that does not fit its metadata: expected {kind} '{node}' of shape [-1, {expected}], found {actual}.");
        }
    }
}
