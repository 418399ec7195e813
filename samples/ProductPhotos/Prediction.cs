namespace ProductPhotos;

/// <summary>What is written back for a product: a label, or why there is none.</summary>
internal sealed record Prediction(long ProductId, string? Label, double? Probability, string? Error);
