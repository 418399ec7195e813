namespace ResNeXt.Training;

/// <summary>A line of an <see cref="ArchitectureSummary"/>.</summary>
/// <param name="Name">PyTorch's name of the layer.</param>
/// <param name="Output">Shape of its output for one image: <c>[C, H, W]</c>, or <c>[classes]</c>.</param>
/// <param name="Parameters">Learned values, those of its batch normalisation included.</param>
/// <param name="MultiplyAdds">Multiplications with addition for one image.</param>
public sealed record LayerSummary(string Name, IReadOnlyList<int> Output, long Parameters, long MultiplyAdds);
