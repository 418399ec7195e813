namespace WebClassifier;

/// <summary>What the server says of the images of a request, in their order.</summary>
/// <param name="Model">Name of the model's file.</param>
/// <param name="Images">An answer for each.</param>
internal sealed record ImagesAnswer(string Model, IReadOnlyList<ImageAnswer> Images);
