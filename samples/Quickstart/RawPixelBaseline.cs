using Microsoft.ML;

namespace Quickstart;

/// <summary>What ML.NET alone makes of the photos: a linear model on 32x32 raw pixels.</summary>
internal static class RawPixelBaseline
{
    private const int Edge = 32;

    public static double Accuracy(MLContext ml, IDataView training, IDataView heldOut)
    {
        var pipeline = ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(ml.Transforms.LoadImages("Image", imageFolder: null, inputColumnName: "ImagePath"))
            .Append(ml.Transforms.ResizeImages("Image", Edge, Edge))
            .Append(ml.Transforms.ExtractPixels("Features", "Image", scaleImage: 1f / 255))
            .AppendCacheCheckpoint(ml)
            .Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy());
        return ml.MulticlassClassification.Evaluate(pipeline.Fit(training).Transform(heldOut)).MicroAccuracy;
    }
}
