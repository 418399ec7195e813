namespace ResNeXt.Training;

/// <summary>
/// What suits a training that is told no more than where it starts and how many photos it has: every default that depends on these stands here. A run
/// records what it took, so a resume never asks again.
/// </summary>
/// <param name="Optimizer">What turns gradients into steps.</param>
/// <param name="Epochs">Passes over the photos.</param>
/// <param name="SgdRate">Largest learning rate of SGD for 256 images an update; in proportion to them.</param>
/// <param name="AdamWRate">The same of AdamW; in proportion to their root.</param>
/// <param name="BackboneLearningRateScale">What it is multiplied by before the head.</param>
/// <param name="SgdWeightDecay">Weight decay of SGD.</param>
/// <param name="CropScale">Smallest share of an image that a crop keeps; null for the crop of the paper's CIFAR networks.</param>
internal sealed record FineTuningDefaults(OptimizerKind Optimizer, int Epochs, double SgdRate, double AdamWRate, double BackboneLearningRateScale, double SgdWeightDecay, double? CropScale)
{
    /// <summary>Photos whose gradients make an update that has the rates above.</summary>
    private const double RatedImages = 256;

    private const double AdamWWeightDecay = 0.01; // PyTorch's

    /// <summary>Weight decay of a head that is solved, for one photo: the loss is a mean over the photos, so the more there are the less it needs to be held.</summary>
    private const double HeadWeightDecay = 10;

    /// <param name="photos">Training photos, those for the validation not counted.</param>
    /// <param name="weights">Whether it starts from weights: the head is new, what is before it is not.</param>
    /// <param name="architecture">The network.</param>
    public static FineTuningDefaults For(int photos, bool weights, ResNeXtArchitecture architecture)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(photos, 1);
        bool cifar = architecture.Stem == ResNeXtStem.Cifar;
        return new FineTuningDefaults(
            OptimizerKind.Sgd, Epochs: 30, SgdRate: 0.1, AdamWRate: 1e-3, BackboneLearningRateScale: weights ? 0.1 : 1, SgdWeightDecay: cifar ? 5e-4 : 1e-4, CropScale: cifar ? null : 0.08);
    }

    /// <summary>The largest learning rate, the head's.</summary>
    /// <param name="optimizer">Which it is for.</param>
    /// <param name="images">Images whose gradients make an update.</param>
    public double LearningRate(OptimizerKind optimizer, int images) =>
        optimizer == OptimizerKind.AdamW ? AdamWRate * Math.Sqrt(images / RatedImages) : SgdRate * images / RatedImages;

    /// <summary>The weight decay.</summary>
    /// <param name="optimizer">Which it is for.</param>
    /// <param name="photos">Training photos.</param>
    public double WeightDecay(OptimizerKind optimizer, int photos) => optimizer switch
    {
        OptimizerKind.AdamW => AdamWWeightDecay,
        OptimizerKind.Lbfgs => Math.Min(HeadWeightDecay / photos, 0.5),
        _ => SgdWeightDecay,
    };
}
