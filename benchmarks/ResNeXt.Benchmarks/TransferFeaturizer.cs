using Microsoft.ML;
using ResNeXt.MLNet;
using ResNeXt.Training;

namespace ResNeXt.Benchmarks;

/// <summary>A way from the path of a photo to its features, columns ImagePath and Features.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Fit">Makes it; the photos to learn from give statistics to the one that needs some.</param>
internal sealed record TransferFeaturizer(string Name, Func<MLContext, IReadOnlyList<LabeledImage>, ITransformer> Fit)
{
    /// <summary>
    /// All that are compared, the stock featurizer last: package Microsoft.ML.DnnImageFeaturizer.ResNet18, used as its documentation shows.
    /// </summary>
    public static IReadOnlyList<TransferFeaturizer> All { get; } =
    [
        new("raw 32 x 32 pixels", (ml, photos) =>
            ml.Transforms.LoadImages("Image", null, "ImagePath")
                .Append(ml.Transforms.ResizeImages("Image", 32, 32))
                .Append(ml.Transforms.ExtractPixels("Features", "Image"))
                .Fit(View(ml, photos))),
        new("the embedded architecture, untrained, float", (ml, photos) =>
        {
            using var folder = new TemporaryFolder();
            using ResNeXtTransformer embedded = ml.Transforms.FeaturizeImages("Features", "ImagePath").Fit(View(ml, photos));
            UntrainedNetwork.Export(embedded.Metadata, photos, folder["untrained.onnx"]);
            return ml.Transforms.FeaturizeImages("Features", "ImagePath", folder["untrained.onnx"]).Fit(View(ml, photos));
        }),
        new("the embedded network, `FeaturizeImages(\"Features\", \"ImagePath\")`", (ml, photos) =>
            ml.Transforms.FeaturizeImages("Features", "ImagePath").Fit(View(ml, photos))),
        new("stock ML.NET, `DnnFeaturizeImage` with ResNet-18", (ml, photos) =>
            ml.Transforms.LoadImages("Image", null, "ImagePath")
                .Append(ml.Transforms.ResizeImages("Image", 224, 224))
                .Append(ml.Transforms.ExtractPixels("Pixels", "Image"))
                .Append(ml.Transforms.DnnFeaturizeImage("Features", dnn => dnn.ModelSelector.ResNet18(ml, dnn.OutputColumn, dnn.InputColumn), "Pixels"))
                .Fit(View(ml, photos))),
    ];

    /// <summary>Accuracy on a set by <see cref="TransferRecipe"/>, and the L2 regularisation that it chose.</summary>
    public (double Accuracy, float L2) Measure(TransferSet set)
    {
        var ml = new MLContext(seed: 1);
        ITransformer featurizer = Fit(ml, set.Training);
        using (featurizer as IDisposable)
        {
            return TransferRecipe.Measure(ml, Features(set.Training), Features(set.Test));
        }

        // Computed at the first reading.
        IDataView Features(IReadOnlyList<LabeledImage> photos) => ml.Data.Cache(featurizer.Transform(View(ml, photos)));
    }

    public static IDataView View(MLContext ml, IReadOnlyList<LabeledImage> photos) => ml.Data.LoadFromEnumerable(photos);
}
