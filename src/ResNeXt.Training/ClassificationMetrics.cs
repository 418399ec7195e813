namespace ResNeXt.Training;

/// <summary>How well a classifier did on a set of labelled images.</summary>
/// <param name="Count">Images scored.</param>
/// <param name="Top1">Share whose most probable class is the right one, 0 to 1.</param>
/// <param name="Top5">Share whose five most probable classes hold the right one, 0 to 1.</param>
/// <param name="Loss">Mean cross-entropy, in nats.</param>
public sealed record ClassificationMetrics(long Count, double Top1, double Top5, double Loss);
