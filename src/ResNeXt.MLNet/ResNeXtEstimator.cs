using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace ResNeXt.MLNet;

/// <summary>
/// Puts a ResNeXt model file into a pipeline. Made by <see cref="ResNeXtCatalog"/>.
/// </summary>
/// <remarks>
/// <list type="table">
/// <listheader><term>Characteristic</term><description>Value</description></listheader>
/// <item><term>Does it need to look at the data to train?</term><description>No</description></item>
/// <item><term>Input column</term><description>Text (a path), a vector of bytes (an encoded image) or <see cref="MLImage"/></description></item>
/// <item><term>Output columns</term><description><c>FeaturizeImages</c>: known-sized vector of <see cref="float"/>.
/// <c>ClassifyImages</c>: known-sized vector of <see cref="float"/>, and a key of text. <see cref="BadImagePolicy.Missing"/> adds a <see cref="bool"/></description></item>
/// <item><term>Packages</term><description>ResNeXt.MLNet; the program adds Microsoft.ML.OnnxRuntime or Microsoft.ML.OnnxRuntime.Gpu</description></item>
/// <item><term>An image that cannot be read</term><description>is an <see cref="InvalidDataException"/> when its row is reached, or a row of missing values: <see cref="BadImagePolicy"/></description></item>
/// </list>
/// </remarks>
public sealed class ResNeXtEstimator : IEstimator<ResNeXtTransformer>
{
    private readonly IHostEnvironment _environment;
    private readonly ResNeXtOptions _options;

    internal ResNeXtEstimator(IHostEnvironment environment, ResNeXtOptions options)
    {
        _environment = environment;
        _options = options;
    }

    /// <summary>Loads the model. No row is read.</summary>
    /// <param name="input">Data with the image column; only its schema is looked at.</param>
    /// <returns>The transformer. It holds the network: dispose it, or the chain that holds it.</returns>
    /// <exception cref="ArgumentException">The image column is missing or of a wrong type.</exception>
    /// <exception cref="FileNotFoundException">There is no such model file.</exception>
    /// <exception cref="InvalidDataException">The model file is not one of ours.</exception>
    /// <exception cref="InvalidOperationException">The device or ONNX Runtime itself is missing.</exception>
    public ResNeXtTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        ImageColumn.Find(input.Schema, _options.InputColumnName);
        string? path = _options.ModelPath is string nameOrFile ? ModelFile.Resolve(nameOrFile) : null;
        byte[] onnx = path is null ? EmbeddedBackbone.Read() : RegularFile.ReadAllBytes(path);
        var plan = new TransformPlan(_options.InputColumnName, _options.Outputs, _options.BatchSize, _options.Limits, _options.FastDecode, _options.Threads, _options.Truth);
        return new ResNeXtTransformer(_environment, plan, onnx, path ?? EmbeddedBackbone.Name, _options.Device);
    }

    /// <summary>The shape of the schema after the transform.</summary>
    /// <param name="inputSchema">The shape before it.</param>
    /// <exception cref="ArgumentException">The image column is missing or of a wrong type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        ImageColumn.Require(inputSchema, _options.InputColumnName);
        return OutputSchema.Shape(inputSchema, _options.Outputs);
    }
}
