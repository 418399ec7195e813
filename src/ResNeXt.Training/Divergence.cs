namespace ResNeXt.Training;

/// <summary>A run whose loss is no number any more cannot recover: it ends with advice, and what was saved before stays good.</summary>
internal static class Divergence
{
    /// <param name="loss">The loss, of training or validation.</param>
    /// <param name="at">The step it was met at.</param>
    /// <param name="largestRate">The largest learning rate of the run, as it was asked for.</param>
    /// <exception cref="InvalidOperationException">It is not finite.</exception>
    public static void Refuse(double loss, TrainProgress at, double largestRate)
    {
        if (!double.IsFinite(loss))
        {
            string saved = at.Epoch == 1 ? "" : FormattableString.Invariant($" The checkpoints of the {at.Epoch - 1} epochs before are whole: best.safetensors can be exported as it is.");
            throw new InvalidOperationException(FormattableString.Invariant(
                $"The loss is {loss} in epoch {at.Epoch}, step {at.Step}: the training diverged at learning rate {at.LearningRate:G3}. Begin anew, in another folder, with a tenth of the largest rate (--lr {largestRate / 10:G2}), a longer warm-up (--warmup-epochs) or a limit to the gradient (--clip-grad-norm 1).{saved}"));
        }
    }
}
