namespace ResNeXt.MLNet;

/// <summary>Options of <see cref="Microsoft.ML.ResNeXtCatalog.FeaturizeImages(Microsoft.ML.TransformsCatalog, FeaturizeImagesOptions)"/>.</summary>
public sealed record FeaturizeImagesOptions : ResNeXtOptions
{
    /// <summary>Name of the feature column: a vector of <see cref="float"/> of the model's feature width.</summary>
    /// <value>The default is <c>Features</c>, where ML.NET's trainers look for it.</value>
    public string OutputColumnName { get; init; } = "Features";

    private protected override IReadOnlyList<OutputColumn> Values => [new(OutputKind.Features, OutputColumnName)];
}
