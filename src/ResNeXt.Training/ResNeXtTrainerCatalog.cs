using Microsoft.ML.Data;
using ResNeXt.Training;

namespace Microsoft.ML;

/// <summary>ResNeXt in <c>mlContext.MulticlassClassification.Trainers</c>.</summary>
public static class ResNeXtTrainerCatalog
{
    /// <summary>
    /// Trains a ResNeXt on the rows of the pipeline, or fine-tunes one from weights, and gives the transformer that <c>ClassifyImages</c> gives: columns
    /// <c>Score</c> and <c>PredictedLabel</c>, saved by <c>mlContext.Model.Save</c>, loaded where only ResNeXt.MLNet is installed.
    /// </summary>
    /// <param name="catalog"><c>mlContext.MulticlassClassification.Trainers</c>.</param>
    /// <param name="labelColumnName">Name of the label column: a key of text, as <c>MapValueToKey</c> makes it.</param>
    /// <param name="inputColumnName">Name of the image column: text (a path), a vector of bytes (an encoded image) or <see cref="MLImage"/>.</param>
    /// <param name="weights">A <c>.safetensors</c> or <c>.pth</c> file to start from, or the name of pulled weights; <see langword="null"/> starts from random weights where
    /// an architecture is given, and with neither from what suits the rows: <see cref="TrainRecipe.Weights"/>.</param>
    /// <param name="architecture">Name of the network; <see langword="null"/> is that of the weights.</param>
    /// <param name="epochs">Passes over the training rows, at least 1; <see langword="null"/> is <see cref="TrainRecipe.Epochs"/>' default.</param>
    /// <param name="validationSet">Rows to choose the best epoch by, transformed as the training rows are; <see langword="null"/> holds a fifth of these back.</param>
    /// <exception cref="ArgumentException">A value is out of its range, or the architecture is unknown.</exception>
    public static ResNeXtTrainer ResNeXt(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog,
        string labelColumnName = "Label",
        string inputColumnName = "ImagePath",
        string? weights = null,
        string? architecture = null,
        int? epochs = null,
        IDataView? validationSet = null) => catalog.ResNeXt(new ResNeXtTrainerOptions
        {
            LabelColumnName = labelColumnName,
            InputColumnName = inputColumnName,
            Weights = weights,
            Architecture = architecture,
            Epochs = epochs,
            ValidationSet = validationSet,
        });

    /// <inheritdoc cref="ResNeXt(MulticlassClassificationCatalog.MulticlassClassificationTrainers, string, string, string?, string?, int?, IDataView?)"/>
    /// <param name="catalog"><c>mlContext.MulticlassClassification.Trainers</c>.</param>
    /// <param name="options">All options.</param>
    public static ResNeXtTrainer ResNeXt(this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, ResNeXtTrainerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new ResNeXtTrainer(ResNeXtCatalog.EnvironmentOf(catalog), options.Validated());
    }
}
