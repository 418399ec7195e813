namespace ResNeXt.Training;

/// <summary>The images of a batch.</summary>
/// <param name="Own">Those of this rank.</param>
/// <param name="All">Those of all ranks.</param>
internal sealed record PlannedBatch(ImageDraw[] Own, ImageDraw[] All);
