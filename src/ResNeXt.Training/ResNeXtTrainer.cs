using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace ResNeXt.Training;

/// <summary>
/// Trains a ResNeXt inside a pipeline: <c>Fit</c> fine-tunes weights, or trains from scratch, on its rows. Made by <see cref="ResNeXtTrainerCatalog"/>.
/// </summary>
/// <remarks>
/// <list type="table">
/// <listheader><term>Characteristic</term><description>Value</description></listheader>
/// <item><term>Does it need to look at the data to train?</term><description>Yes, once: paths are kept, images that come as bytes or <see cref="MLImage"/>
/// are written to a temporary folder (bytes as they are, <see cref="MLImage"/> as PNG) and read from there in each epoch, so memory does not
/// grow with the rows, and no cache is needed before the trainer</description></item>
/// <item><term>Input columns</term><description>The image: text (a path), a vector of bytes (an encoded image) or <see cref="MLImage"/>. The label: a key of text</description></item>
/// <item><term>Output columns</term><description>Score: known-sized vector of <see cref="float"/>, a probability for each key value of the label. PredictedLabel: a key of text</description></item>
/// <item><term>Classes</term><description>The key values of the label column in their order, so that <c>Evaluate</c> and <c>CrossValidate</c> compare like with like. A class without
/// rows (a fold may lack one) is never learned; one with a single row is trained on and not validated</description></item>
/// <item><term>Rows without a label</term><description>are passed over and counted: in the log, and in <see cref="ResNeXtTransformer.Training"/></description></item>
/// <item><term>Packages</term><description>ResNeXt.Training, and a native package of TorchSharp, to train; where the transformer is loaded, ResNeXt.MLNet and ONNX Runtime</description></item>
/// </list>
/// The pixels of training, validation and transformer come from the same code, but for the augmentation. Whoever wants other options for the scoring
/// gives <c>model.onnx</c> of <see cref="ResNeXtTrainerOptions.OutputFolder"/> to <c>ClassifyImages</c>.
/// </remarks>
public sealed class ResNeXtTrainer : IEstimator<ResNeXtTransformer>
{
    private readonly IHostEnvironment _environment;
    private readonly ResNeXtTrainerOptions _options;

    internal ResNeXtTrainer(IHostEnvironment environment, ResNeXtTrainerOptions options)
    {
        _environment = environment;
        _options = options;
    }

    /// <summary>Trains the network, and keeps its best epoch.</summary>
    /// <param name="input">Rows with an image and a label.</param>
    /// <returns>The transformer. It holds the network: dispose it, or the chain that holds it.</returns>
    /// <exception cref="ArgumentException">A column is missing or of a wrong type.</exception>
    /// <exception cref="FileNotFoundException">There are no such weights.</exception>
    /// <exception cref="InvalidDataException">
    /// The rows have fewer than two classes or no label at all, an image cannot be read, a class of the validation set is not trained, or a file of
    /// weights or checkpoint is not what it should be; the message names it.
    /// </exception>
    /// <exception cref="WeightsMismatchException">The weights are not those of the network; the message lists every difference.</exception>
    /// <exception cref="InvalidOperationException">The training diverged, or the device or libtorch itself is missing.</exception>
    /// <exception cref="IOException">The temporary or the output folder cannot be written to, or holds another run.</exception>
    /// <exception cref="OperationCanceledException"><see cref="ResNeXtTrainerOptions.Cancellation"/> was cancelled.</exception>
    public ResNeXtTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        using IChannel channel = _environment.Start(nameof(ResNeXtTrainer));
        using var scratch = new TemporaryFolder();
        if (_options.Weights is not null)
        {
            WeightsDescription.Of(_options.Weights, _options.Architecture, larger: true); // before many rows are read in vain
        }

        TrainingRows rows = Read(input, scratch["rows"]);
        TrainingRows? validation = _options.ValidationSet is null ? null : Read(_options.ValidationSet, scratch["rows of the validation set"]);
        int ignored = rows.Ignored + (validation?.Ignored ?? 0);
        if (ignored > 0)
        {
            channel.Warning(MessageSensitivity.None, "{0} rows are ignored: their label is missing.", ignored);
        }

        var options = new TrainOptions(_options)
        {
            Data = rows.Images,
            Val = validation?.Images,
            ValSplit = _options.ValidationFraction,
            Labels = rows.Labels,
            ClassWeights = _options.ClassWeights?.Among(rows.Labels),
            Out = _options.OutputFolder ?? scratch["run"],
            Resume = _options.Resume,
            Report = _options.OutputFolder is not null,
        };
        TrainResult result = new Trainer(options, progress => Report(progress, channel), note => Log(channel, note)) { Plan = line => Log(channel, line) }.Run(_options.Cancellation);
        ResNeXtTransformer transformer = new ResNeXtEstimator(_environment, _options.Scoring(result.Model)).Fit(input);
        transformer.Training = new TrainingSummary
        {
            Rows = rows.Images.Count,
            IgnoredRows = ignored,
            Epochs = result.Epochs,
            BestEpoch = result.BestEpoch,
            ValTop1 = result.ValTop1,
        };
        return transformer;
    }

    /// <summary>The shape of the schema after the transform.</summary>
    /// <param name="inputSchema">The shape before it.</param>
    /// <exception cref="ArgumentException">A column is missing or of a wrong type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        ImageColumn.Require(inputSchema, _options.InputColumnName);
        LabelColumn.Require(inputSchema, _options.LabelColumnName);
        return OutputSchema.Shape(inputSchema, _options.Scoring("").Outputs);
    }

    private TrainingRows Read(IDataView data, string folder) =>
        TrainingRows.Read(data, _options.InputColumnName, _options.LabelColumnName, folder, _options.Cancellation);

    private void Report(TrainProgress progress, IChannel channel)
    {
        if (progress.Metrics is EpochMetrics epoch)
        {
            Log(channel, epoch.ToString());
            _options.Progress?.Report(epoch);
        }
    }

    /// <summary>As an argument, for a text may hold braces.</summary>
    private static void Log(IChannel channel, string text) => channel.Info(MessageSensitivity.None, "{0}", text);
}
