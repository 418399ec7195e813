using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training;

/// <summary>
/// Mixes each image of a batch with the one before it, and asks for both classes in proportion: mixup (Zhang et al. 2018) adds the
/// pixels, CutMix (Yun et al. 2019) pastes a rectangle. One draw for a batch, as in torchvision's references.
/// </summary>
/// <param name="Share">Share of the image's own class, 0 to 1.</param>
/// <param name="Pasted">The rectangle that is the other image's; null for mixup.</param>
internal sealed record BatchMix(double Share, PixelRectangle? Pasted)
{
    /// <param name="mixupAlpha">Parameter of the beta distribution of mixup; 0 for none.</param>
    /// <param name="cutmixAlpha">The same of CutMix. Where both are on, one of the two is drawn.</param>
    /// <param name="size">Edge of the images.</param>
    /// <param name="random">Where chance comes from.</param>
    public static BatchMix? Draw(double mixupAlpha, double cutmixAlpha, int size, Random random)
    {
        if (cutmixAlpha > 0 && (mixupAlpha == 0 || random.Next(2) == 1))
        {
            return Paste(random.Beta(cutmixAlpha), random.Next(size), random.Next(size), size);
        }

        return mixupAlpha > 0 ? new BatchMix(random.Beta(mixupAlpha), null) : null;
    }

    /// <summary>A rectangle around a point, of the area that is left to the other image; what lies outside is cut off, and counted.</summary>
    public static BatchMix Paste(double share, int x, int y, int size)
    {
        int half = (int)(0.5 * Math.Sqrt(1 - share) * size);
        int left = Math.Max(x - half, 0), top = Math.Max(y - half, 0);
        int width = Math.Min(x + half, size) - left, height = Math.Min(y + half, size) - top;
        return new BatchMix(1 - ((double)width * height / ((double)size * size)), new PixelRectangle(left, top, width, height));
    }

    // [N,3,H,W] -> [N,3,H,W]
    public Tensor Apply(Tensor x)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor others = x.roll(1, 0);
        if (Pasted is PixelRectangle box)
        {
            x = x.clone();
            Inside(x, box).copy_(Inside(others, box));
            return x.MoveToOuterDisposeScope();
        }

        using Scalar own = Share.ToScalar();
        using Scalar other = (1 - Share).ToScalar();
        return x.mul(own).add_(others, other).MoveToOuterDisposeScope();
    }

    /// <summary>Cross-entropy with both classes.</summary>
    public Tensor Loss(Tensor logits, Tensor labels, double labelSmoothing, Tensor? classWeights = null)
    {
        using Scalar own = Share.ToScalar();
        using Scalar other = (1 - Share).ToScalar();
        Tensor loss = nn.functional.cross_entropy(logits, labels, classWeights, label_smoothing: labelSmoothing);
        return loss.mul(own).add(nn.functional.cross_entropy(logits, labels.roll(1, 0), classWeights, label_smoothing: labelSmoothing), other);
    }

    private static Tensor Inside(Tensor x, PixelRectangle box) => x.narrow(2, box.Y, box.Height).narrow(3, box.X, box.Width);
}
