namespace ResNeXt.Training;

/// <summary>Pixels and labels of a batch, in managed memory.</summary>
/// <param name="Pixels">RGB, 0..255, <c>[N, H, W, 3]</c>; empty where there are features.</param>
/// <param name="Labels">Class numbers, <c>[N]</c>.</param>
/// <param name="Features">What the network makes of the pixels up to its last layer, <c>[N, FeatureWidth]</c>, where that is known.</param>
internal sealed record LabeledBatch(byte[] Pixels, long[] Labels, float[]? Features = null)
{
    /// <summary>Class numbers of the whole batch, where other ranks have a part of it.</summary>
    public long[] LabelsOfAllRanks { get; init; } = Labels;

    /// <summary>What a teacher says of the images, where there is one.</summary>
    public TeacherBatch? Taught { get; init; }
}
