using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using ResNeXt.Training.Onnx;

namespace ResNeXt.Training;

/// <summary>Runs a graph over preprocessed images and hands out any of its tensors, not its outputs alone.</summary>
internal sealed class GraphRunner : IDisposable
{
    private readonly string[] _tensors;
    private readonly InferenceSession _session;
    private readonly TensorBatch _batch;

    /// <param name="model">The model.</param>
    /// <param name="tensors">Names of the tensors wanted.</param>
    /// <param name="imageSize">Edge of an image in pixels.</param>
    /// <param name="batchSize">Images that are run together.</param>
    public GraphRunner(ModelProto model, IEnumerable<string> tensors, int imageSize, int batchSize = 8)
    {
        _tensors = [.. tensors];
        ModelProto opened = model.Clone();
        var outputs = opened.Graph.Output.Select(output => output.Name).ToHashSet();
        opened.Graph.Output.AddRange(_tensors.Where(tensor => !outputs.Contains(tensor)).Select(tensor => new ValueInfoProto
        {
            Name = tensor,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float } },
        }));
        using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        _ = InferenceSessionFactory.Runtime;
        _session = new InferenceSession(opened.ToByteArray(), options);
        _batch = new TensorBatch(batchSize, imageSize);
    }

    /// <summary>A tensor of one batch.</summary>
    /// <param name="tensor">Its place among the names.</param>
    /// <param name="values">Its values, <c>[N, ...]</c>.</param>
    /// <param name="count">Images in the batch.</param>
    public delegate void Receive(int tensor, ReadOnlySpan<float> values, int count);

    /// <summary>Runs all images, in order.</summary>
    /// <param name="images">Preprocessed images, bytes <c>[ImageSize, ImageSize, 3]</c> each.</param>
    /// <param name="receive">Told of every tensor of every batch; tensors of one batch come from several threads at once.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    public void Run(IEnumerable<byte[]> images, Receive receive, CancellationToken cancellation)
    {
        using var options = new RunOptions();
        foreach (byte[][] chunk in images.Chunk(_batch.Capacity))
        {
            cancellation.ThrowIfCancellationRequested();
            for (int i = 0; i < chunk.Length; i++)
            {
                _batch.Set(i, chunk[i]);
            }

            using OrtValue input = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, _batch.First(chunk.Length), _batch.Shape(chunk.Length));
            using IDisposableReadOnlyCollection<OrtValue> values = _session.Run(options, [ResNeXtMetadata.InputName], [input], _tensors);
            ParallelWork.For(_tensors.Length, i => receive(i, values[i].GetTensorDataAsSpan<float>(), chunk.Length), CancellationToken.None);
        }
    }

    public void Dispose() => _session.Dispose();
}
