namespace ResNeXt.MLNet;

/// <summary>What featurizing and classifying have in common.</summary>
public abstract record ResNeXtOptions
{
    private protected ResNeXtOptions()
    {
    }

    /// <summary>
    /// Name of the image column: text (the path of an image file), a vector of bytes (an encoded image, as a database holds it) or
    /// <see cref="Microsoft.ML.Data.MLImage"/>.
    /// </summary>
    public required string InputColumnName { get; init; }

    /// <summary>Images that go through the network together. Two batches are in memory at a time. It does not change results beyond rounding.</summary>
    /// <value>1 to 4096. The default is 16.</value>
    public int BatchSize { get; init; } = DefaultBatchSize;

    /// <summary>Where the network runs. It belongs to this process: a loaded model starts with <see cref="ExecutionDevice.Auto"/>.</summary>
    /// <value>The default is <see cref="ExecutionDevice.Auto"/>.</value>
    public ExecutionDevice Device { get; init; } = ExecutionDevice.Auto;

    /// <summary>What happens to a row whose image cannot be read: a missing or damaged file, an empty value.</summary>
    /// <value>The default is <see cref="BadImagePolicy.Throw"/>.</value>
    public BadImagePolicy BadImages { get; init; } = BadImagePolicy.Throw;

    /// <summary>Name of the column, of <see cref="bool"/>, that <see cref="BadImagePolicy.Missing"/> adds; without it there is no such column.</summary>
    /// <value>The default is <c>HasImage</c>.</value>
    public string HasImageColumnName { get; init; } = "HasImage";

    /// <summary>How large an image may be. A server that takes uploads will want less than the defaults. Saved with the transformer.</summary>
    public ImageLimits Limits { get; init; } = ImageLimits.Default;

    /// <summary>
    /// Whether a JPEG that is at least twice as large as needed is shrunk by 2, 4 or 8 while it is decoded: several times faster on
    /// photos of many megapixels, but the pixels are no longer those of torchvision (docs/pixels.md has the figures). Saved with the transformer.
    /// </summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool FastDecode { get; init; }

    /// <summary>The threads that the network computes with. Saved with the transformer, but for their affinity; <see cref="SessionThreads"/> says how to change them where it is loaded.</summary>
    public SessionThreads Threads { get; init; } = SessionThreads.Default;

    internal const int DefaultBatchSize = 16;

    /// <summary>The columns that are added, in order.</summary>
    internal IReadOnlyList<OutputColumn> Outputs =>
        BadImages == BadImagePolicy.Missing ? [.. Values, new(OutputKind.HasImage, HasImageColumnName)] : Values;

    /// <summary>Path or name of the model file; <see langword="null"/> for the embedded backbone.</summary>
    internal abstract string? ModelPath { get; }

    /// <summary>Name of the column of true labels, whose keys must be the model's where the data has it.</summary>
    internal virtual string? Truth => null;

    /// <summary>The columns that hold what the network says.</summary>
    private protected abstract IReadOnlyList<OutputColumn> Values { get; }

    /// <exception cref="ArgumentException">A value is out of its range; the message names it.</exception>
    /// <exception cref="FileNotFoundException">There is no such model file.</exception>
    internal void Validate()
    {
        RequireName(InputColumnName, nameof(InputColumnName));
        ArgumentNullException.ThrowIfNull(Device);
        ArgumentNullException.ThrowIfNull(Limits);
        Limits.Validated();
        ArgumentNullException.ThrowIfNull(Threads);
        Threads.Validated();
        if (BatchSize is < 1 or > TransformPlan.MaxBatchSize)
        {
            throw new ArgumentException(FormattableString.Invariant($"{nameof(BatchSize)} is {BatchSize}: expected 1 to {TransformPlan.MaxBatchSize} images."));
        }

        if (!Enum.IsDefined(BadImages))
        {
            throw new ArgumentException($"{nameof(BadImages)} is {BadImages}: expected {nameof(BadImagePolicy.Throw)} or {nameof(BadImagePolicy.Missing)}.");
        }

        foreach (OutputColumn output in Outputs)
        {
            RequireName(output.Name, $"name of the column for {output.Kind}");
        }

        if (Outputs.GroupBy(output => output.Name).FirstOrDefault(group => group.Count() > 1) is { Key: string twice })
        {
            throw new ArgumentException($"Two output columns are called '{twice}': expected a name for each.");
        }

        if (ModelPath is string path)
        {
            RequireName(path, nameof(FeaturizeImagesOptions.ModelFile));
            ModelFile.Resolve(path);
        }
    }

    private static void RequireName(string value, string name)
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            throw new ArgumentException($"{name} is empty: expected a name.");
        }
    }
}
