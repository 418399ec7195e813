namespace ResNeXt.Training;

/// <summary>What a teacher says of the images of a batch; empty where there is nothing to learn.</summary>
/// <param name="Features">Of what the student sees of each image, <c>[N, Channels]</c>.</param>
/// <param name="Maps">At the places of the student's last map, <c>[N, edge, edge, Channels]</c>.</param>
/// <param name="Logits">In the order of the student's classes, <c>[N, classes]</c>.</param>
internal sealed record TeacherBatch(float[] Features, float[] Maps, float[] Logits);
