namespace ResNeXt.Training;

/// <summary>
/// The model beside published weights in the cache, which <see cref="ModelFile"/> opens by name. A file beside it has the hashes of both, as
/// <c>sha256sum</c> writes and checks them: they tell whether the model is whole and of these weights.
/// </summary>
internal static class ReadyModel
{
    /// <summary>Where the model of that precision is or would be.</summary>
    public static string PathOf(WeightsCache cache, PublishedWeights weights, ModelPrecision precision = ModelPrecision.Float32) =>
        ModelFile.PathIn(cache.Folder, ModelFile.NameOf(weights, precision));

    /// <summary>Makes the model, with the preprocessing and the labels that the weights are published for, unless it is there. With calibration images it is always made: they may be others.</summary>
    /// <param name="cache">The folder of the weights.</param>
    /// <param name="weights">What was published.</param>
    /// <param name="sha256">The whole hash of their file, which is in the cache.</param>
    /// <param name="options">The form of the model.</param>
    /// <param name="log">Told what is made and why, a line each.</param>
    /// <param name="cancellation">Stops a quantisation.</param>
    /// <returns>The model's path.</returns>
    /// <exception cref="InvalidDataException">The weights are not of their architecture, or the model does not compute what they do.</exception>
    /// <exception cref="IOException">The folder cannot be written to.</exception>
    public static string Make(WeightsCache cache, PublishedWeights weights, string sha256, ExportOptions options, Action<string> log, CancellationToken cancellation)
    {
        string path = PathOf(cache, weights, options.Precision);
        string sums = path + ".sha256";
        if (File.Exists(path) && options.Calibration is null)
        {
            if (File.Exists(sums) && File.ReadAllText(sums) == Sums())
            {
                return path;
            }

            log($"'{path}' is damaged, or was not made of these weights: it is made anew.");
        }

        cancellation.ThrowIfCancellationRequested();
        log($"Making '{path}'.");
        TorchLibrary.Load();
        WeightsDescription source = WeightsDescription.Of(cache.PathOf(weights), weights.Architecture) with { Published = weights };
        using var module = new ResNeXtModule(source.Architecture, source.Classes ?? throw new InvalidDataException($"'{source.Path}' {source.Head}."));
        Checkpoint.Load(source.Path, module);
        IReadOnlyList<string> labels = source.Labels ?? throw new InvalidDataException($"'{source.Path}' {source.Head}: expected the {ImageNetClasses.Names.Count} of ImageNet.");
        OnnxExporter.Export(module, OnnxExporter.Describe(module, labels, source.Preprocessing), path, options, log, cancellation);
        AtomicFile.WriteText(sums, Sums());
        return path;

        string Sums() => $"{FileDigest.Of(path)}  {Path.GetFileName(path)}\n{sha256}  {weights.FileName}\n";
    }
}
