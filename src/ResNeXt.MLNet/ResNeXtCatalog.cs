using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using ResNeXt.MLNet;

namespace Microsoft.ML;

/// <summary>ResNeXt in <c>mlContext.Transforms</c>.</summary>
public static class ResNeXtCatalog
{
    /// <summary>
    /// Adds a column of ResNeXt features, computed in batches: with any ML.NET trainer behind it, this is transfer learning.
    /// </summary>
    /// <param name="catalog"><c>mlContext.Transforms</c>.</param>
    /// <param name="outputColumnName">Name of the new column, a vector of <see cref="float"/>.</param>
    /// <param name="inputColumnName">Name of the image column: text (a path), a vector of bytes (an encoded image) or <see cref="MLImage"/>.</param>
    /// <param name="modelFile">Path of the .onnx file, or the name of weights that <c>resnext weights pull</c> made ready; <see langword="null"/> for the small backbone inside this library (<see cref="FeaturizeImagesOptions.ModelFile"/>).</param>
    /// <param name="batchSize">Images that go through the network together, 1 to 4096.</param>
    /// <param name="device">Where the network runs; <see langword="null"/> is <see cref="ExecutionDevice.Auto"/>.</param>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    /// <exception cref="FileNotFoundException">There is no such model file, and no model of that name in the cache; the message says what to do.</exception>
    public static ResNeXtEstimator FeaturizeImages(
        this TransformsCatalog catalog,
        string outputColumnName,
        string inputColumnName,
        string? modelFile = null,
        int batchSize = ResNeXtOptions.DefaultBatchSize,
        ExecutionDevice? device = null) => catalog.FeaturizeImages(new FeaturizeImagesOptions
        {
            OutputColumnName = outputColumnName,
            InputColumnName = inputColumnName,
            ModelFile = modelFile,
            BatchSize = batchSize,
            Device = device ?? ExecutionDevice.Auto,
        });

    /// <inheritdoc cref="FeaturizeImages(TransformsCatalog, string, string, string?, int, ExecutionDevice?)"/>
    /// <param name="catalog"><c>mlContext.Transforms</c>.</param>
    /// <param name="options">All options.</param>
    public static ResNeXtEstimator FeaturizeImages(this TransformsCatalog catalog, FeaturizeImagesOptions options) => Create(catalog, options);

    /// <summary>
    /// Adds the columns <c>Score</c> (the probability of each label) and <c>PredictedLabel</c> (a key of the labels), computed by the
    /// model file in batches. <c>MapKeyToValue</c> turns the key into text.
    /// </summary>
    /// <remarks>
    /// <c>MulticlassClassification.Evaluate</c> compares key numbers, not names. The label column must therefore be a key in the
    /// model's own order, and one in another order is an error (<see cref="ClassifyImagesOptions.LabelColumnName"/>): give <c>MapValueToKey</c> the labels of <see cref="ResNeXtTransformer.Metadata"/> as <c>keyData</c>. Where
    /// every class occurs, <c>MapValueToKey</c> with <c>KeyOrdinality.ByValue</c> gives the same order for a model that was trained on
    /// an <see cref="ImageFolder"/>. A column that becomes a key behind this step, or is called otherwise than the option says, is not looked at.
    /// </remarks>
    /// <param name="catalog"><c>mlContext.Transforms</c>.</param>
    /// <param name="inputColumnName">Name of the image column: text (a path), a vector of bytes (an encoded image) or <see cref="MLImage"/>.</param>
    /// <param name="modelFile">Path of the .onnx file, or the name of weights that <c>resnext weights pull</c> made ready.</param>
    /// <param name="batchSize">Images that go through the network together, 1 to 4096.</param>
    /// <param name="device">Where the network runs; <see langword="null"/> is <see cref="ExecutionDevice.Auto"/>.</param>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    /// <exception cref="FileNotFoundException">There is no such model file, and no model of that name in the cache; the message says what to do.</exception>
    public static ResNeXtEstimator ClassifyImages(
        this TransformsCatalog catalog,
        string inputColumnName,
        string modelFile,
        int batchSize = ResNeXtOptions.DefaultBatchSize,
        ExecutionDevice? device = null) => catalog.ClassifyImages(new ClassifyImagesOptions
        {
            InputColumnName = inputColumnName,
            ModelFile = modelFile,
            BatchSize = batchSize,
            Device = device ?? ExecutionDevice.Auto,
        });

    /// <inheritdoc cref="ClassifyImages(TransformsCatalog, string, string, int, ExecutionDevice?)"/>
    /// <param name="catalog"><c>mlContext.Transforms</c>.</param>
    /// <param name="options">All options.</param>
    public static ResNeXtEstimator ClassifyImages(this TransformsCatalog catalog, ClassifyImagesOptions options) => Create(catalog, options);

    /// <summary>The environment of an ML.NET catalog, <c>mlContext.Transforms</c> for one; internal there.</summary>
    internal static IHostEnvironment EnvironmentOf(object catalog)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return ((IInternalCatalog)catalog).Environment;
    }

    private static ResNeXtEstimator Create(TransformsCatalog catalog, ResNeXtOptions options)
    {
        IHostEnvironment environment = EnvironmentOf(catalog);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return new ResNeXtEstimator(environment, options);
    }
}
