namespace ResNeXt.Training;

/// <summary>Pixels and labels of a batch, in managed memory.</summary>
/// <param name="Pixels">RGB, 0..255, <c>[N, H, W, 3]</c>.</param>
/// <param name="Labels">Class numbers, <c>[N]</c>.</param>
internal sealed record LabeledBatch(byte[] Pixels, long[] Labels);
