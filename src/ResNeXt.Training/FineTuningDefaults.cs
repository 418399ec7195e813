namespace ResNeXt.Training;

/// <summary>
/// What suits a training that is told no more than where it starts and how many photos it has: every default that depends on these stands here. A run
/// records what it took, so a resume never asks again. docs/fine-tuning.md has the measurements.
/// </summary>
/// <param name="Optimizer">What turns gradients into steps.</param>
/// <param name="Epochs">Passes over the photos.</param>
/// <param name="BatchSize">Images in a step.</param>
/// <param name="BackboneLearningRateScale">What the learning rate, the head's, is multiplied by before the head.</param>
/// <param name="CropScale">Smallest share of an image that a crop keeps; null for the crop of the paper's CIFAR networks.</param>
internal sealed record FineTuningDefaults(OptimizerKind Optimizer, int Epochs, int BatchSize, double BackboneLearningRateScale, double? CropScale)
{
    /// <summary>Images that fine-tuning shows, within the bounds of the epochs: few photos are shown often, and many need few epochs.</summary>
    private const int ImagesShown = 10_000;

    private const int FewestEpochs = 5, MostEpochs = 60;

    /// <summary>Below so many photos an epoch of large batches would have too few updates.</summary>
    private const int FewPhotos = 200;

    private const int SmallBatch = 16, LargeBatch = 32;

    /// <summary>AdamW's rate in fine-tuning, for both batches.</summary>
    private const double FineTuningRate = 0.01;

    /// <summary>Photos whose gradients make an update that has the rates below.</summary>
    private const double RatedImages = 256;

    private const double SgdRate = 0.1; // paper

    private const double AdamWRate = 0.001;

    private const double AdamWWeightDecay = 0.01; // PyTorch's

    /// <summary>Weight decay of a head that is solved, for one photo: the loss is a mean over the photos, so the more there are the less it needs to be held.</summary>
    private const double HeadWeightDecay = 10;

    private readonly bool _fineTunes;
    private readonly double _sgdWeightDecay;

    private FineTuningDefaults(bool fineTunes, int photos, bool cifar) : this(
        fineTunes ? OptimizerKind.AdamW : OptimizerKind.Sgd,
        fineTunes ? Math.Clamp((int)Math.Round((double)ImagesShown / photos), FewestEpochs, MostEpochs) : 30,
        fineTunes && photos < FewPhotos ? SmallBatch : LargeBatch,
        fineTunes ? 0.1 : 1,
        cifar ? null : fineTunes ? 0.35 : 0.08) =>
        (_fineTunes, _sgdWeightDecay) = (fineTunes, cifar ? 5e-4 : 1e-4);

    /// <param name="photos">Training photos, those for the validation not counted.</param>
    /// <param name="fineTunes">Whether it starts from weights and learns labels: the head is new, what is before it is not.</param>
    /// <param name="architecture">The network.</param>
    public static FineTuningDefaults For(int photos, bool fineTunes, ResNeXtArchitecture architecture)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(photos, 1);
        return new FineTuningDefaults(fineTunes, photos, architecture.Stem == ResNeXtStem.Cifar);
    }

    /// <summary>The largest learning rate, the head's: in proportion to the images of an update, with AdamW to their root, as far as nothing else was measured.</summary>
    /// <param name="optimizer">Which it is for.</param>
    /// <param name="images">Images whose gradients make an update.</param>
    public double LearningRate(OptimizerKind optimizer, int images) => optimizer switch
    {
        OptimizerKind.AdamW when _fineTunes => FineTuningRate,
        OptimizerKind.AdamW => AdamWRate * Math.Sqrt(images / RatedImages),
        _ => SgdRate * images / RatedImages,
    };

    /// <summary>The weight decay.</summary>
    /// <param name="optimizer">Which it is for.</param>
    /// <param name="photos">Training photos.</param>
    public double WeightDecay(OptimizerKind optimizer, int photos) => optimizer switch
    {
        OptimizerKind.AdamW => AdamWWeightDecay,
        OptimizerKind.Lbfgs => Math.Min(HeadWeightDecay / photos, 0.5),
        _ => _sgdWeightDecay,
    };
}
