namespace ResNeXt.Training;

/// <summary>A last layer that was solved.</summary>
/// <param name="Weight"><c>[classes, width]</c>, for features as they are.</param>
/// <param name="Bias"><c>[classes]</c>.</param>
/// <param name="Loss">The loss that is left, without the weight decay.</param>
/// <param name="Top1">Share of the images that are right, 0 to 1.</param>
internal sealed record HeadSolution(float[] Weight, float[] Bias, double Loss, double Top1);
