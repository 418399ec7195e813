namespace ResNeXt.MLNet;

/// <summary>Options of <see cref="Microsoft.ML.ResNeXtCatalog.FeaturizeImages(Microsoft.ML.TransformsCatalog, FeaturizeImagesOptions)"/>.</summary>
public sealed record FeaturizeImagesOptions : ResNeXtOptions
{
    /// <summary>
    /// Path of a model file that <c>resnext train</c> or <c>resnext export</c> wrote, or the name of published weights that
    /// <c>resnext weights pull</c> made ready, <c>resnext50_32x4d</c> for one (a file of that name comes first); <see langword="null"/> for the small backbone inside this
    /// library, trained on the small photos of CIFAR-10: good to begin with, and far behind published weights (docs/models.md has both).
    /// After <c>Fit</c> the file is not needed any more.
    /// </summary>
    public string? ModelFile { get; init; }

    /// <summary>Name of the feature column: a vector of <see cref="float"/> of the model's feature width.</summary>
    /// <value>The default is <c>Features</c>, where ML.NET's trainers look for it.</value>
    public string OutputColumnName { get; init; } = "Features";

    internal override string? ModelPath => ModelFile;

    private protected override IReadOnlyList<OutputColumn> Values => [new(OutputKind.Features, OutputColumnName)];
}
