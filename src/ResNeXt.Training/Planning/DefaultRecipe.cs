namespace ResNeXt.Training;

/// <summary>
/// The recipe for those who ask for none: fine-tuning by the number of photos and the network that it starts from. All its numbers stand here.
/// </summary>
internal static class DefaultRecipe
{
    /// <summary>Images that a run shows, within the bounds of the epochs: few photos are shown often, and many need few epochs.</summary>
    private const int ImagesShown = 10_000;

    private const int FewestEpochs = 5, MostEpochs = 60;

    /// <summary>Below so many photos an epoch of large batches would have too few updates.</summary>
    private const int FewPhotos = 200;

    private const int SmallBatch = 16, LargeBatch = 32;

    private const double LearningRate = 0.001, BackboneLearningRateScale = 1, CropScale = 0.35;

    /// <param name="photos">Images to train on, without those held back.</param>
    /// <param name="start">The weights to start from.</param>
    public static ChosenRecipe Of(int photos, StartingPoint start) => new()
    {
        Weights = start.Weights,
        ImageSize = start.ImageSize,
        Optimizer = OptimizerKind.AdamW,
        LearningRate = LearningRate,
        BackboneLearningRateScale = BackboneLearningRateScale,
        Epochs = Math.Clamp((int)Math.Round((double)ImagesShown / photos), FewestEpochs, MostEpochs),
        BatchSize = photos < FewPhotos ? SmallBatch : LargeBatch,
        CropScale = CropScale,
    };
}
