using Microsoft.ML;
using ResNeXt.MLNet;

namespace ResNeXt.Benchmarks;

/// <summary>What goes into a prediction engine.</summary>
internal sealed class PhotoRow
{
    public string ImagePath { get; set; } = "";

    /// <summary>A prediction engine over our transformer, which it disposes.</summary>
    public static PredictionEngine<PhotoRow, ScoreRow> Engine(string modelFile)
    {
        var ml = new MLContext();
        IDataView none = ml.Data.LoadFromEnumerable(Array.Empty<PhotoRow>());
        return ml.Model.CreatePredictionEngine<PhotoRow, ScoreRow>(
            ml.Transforms.ClassifyImages(nameof(ImagePath), modelFile, device: ExecutionDevice.Cpu).Fit(none));
    }
}

/// <summary>What comes out of it.</summary>
internal sealed class ScoreRow
{
    public float[] Score { get; set; } = [];
}
