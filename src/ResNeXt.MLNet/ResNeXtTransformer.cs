using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace ResNeXt.MLNet;

/// <summary>
/// A fitted or loaded ResNeXt in a pipeline. Data views are scored in batches, prediction engines image by image; any number of
/// them may work over one transformer at once.
/// </summary>
/// <remarks>
/// The transformer owns the network (an ONNX Runtime session) and the bytes of the model file. <see cref="Dispose"/> frees the
/// network: it waits for batches under way, and whatever is used later (also cursors and prediction engines that are still
/// open) throws <see cref="ObjectDisposedException"/>. Beware that ML.NET's <c>PredictionEngine</c> disposes its transformer with
/// itself unless <c>PredictionEngineOptions.OwnsTransformer</c> is false.
/// </remarks>
public sealed class ResNeXtTransformer : ITransformer, IDisposable
{
    private readonly byte[] _onnx;
    private readonly TransformPlan _plan;
    private readonly ResNeXtModel _model;

    internal ResNeXtTransformer(IHostEnvironment environment, TransformPlan plan, byte[] onnx, string name, ExecutionDevice device)
    {
        _plan = plan;
        _onnx = onnx;
        _model = ResNeXtModel.Load(onnx, name, device, plan.Threads);
        if (plan.GraphOutput == ResNeXtMetadata.ProbabilitiesName && _model.Metadata.IsFeaturizer)
        {
            _model.Dispose();
            _model.RequireClasses();
        }

        using IChannel channel = environment.Start(nameof(ResNeXtTransformer));
        channel.Info(MessageSensitivity.None, "{0} runs on {1}: {2}", _model.Metadata.Architecture, _model.Device, _model.DeviceReason);
    }

    /// <summary>What the model file says of itself: architecture, labels, preprocessing, feature width.</summary>
    public ResNeXtMetadata Metadata => _model.Metadata;

    /// <summary>The device that the network runs on.</summary>
    public ExecutionDevice Device => _model.Device;

    /// <summary>What the network computes with, as it was set or saved; environment variables may say otherwise (<see cref="SessionThreads"/>).</summary>
    public SessionThreads Threads => _plan.Threads;

    /// <summary>How the training went; <see langword="null"/> unless <c>Fit</c> of a trainer made this transformer. It is not saved.</summary>
    public TrainingSummary? Training { get; internal set; }

    bool ITransformer.IsRowToRowMapper => true;

    /// <summary>The schema after the transform.</summary>
    /// <param name="inputSchema">The schema before it.</param>
    /// <exception cref="ArgumentException">The image column is missing or of a wrong type, or the label column numbers the model's labels otherwise.</exception>
    /// <exception cref="ObjectDisposedException">The transformer has been disposed.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        ThrowIfDisposed();
        ImageColumn.Find(inputSchema, _plan.Input);
        return OutputSchema.Create(inputSchema, _plan, _model.Metadata);
    }

    /// <summary>Adds the columns. Nothing is computed before a cursor asks for one of them.</summary>
    /// <param name="input">Data with the image column.</param>
    /// <exception cref="ArgumentException">The image column is missing or of a wrong type, or the label column numbers the model's labels otherwise.</exception>
    /// <exception cref="ObjectDisposedException">The transformer has been disposed.</exception>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new ScoredDataView(input, GetOutputSchema(input.Schema), _plan, _model);
    }

    /// <summary>Frees the network; may be called twice.</summary>
    public void Dispose() => _model.Dispose();

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) =>
        new ScoringRowMapper(inputSchema, GetOutputSchema(inputSchema), _plan, _model);

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        ThrowIfDisposed();
        TransformerFile.Save(ctx, _plan, _onnx);
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_model.IsDisposed, this);
}
