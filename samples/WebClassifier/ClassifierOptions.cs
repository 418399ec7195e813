namespace WebClassifier;

/// <summary>Everything that can be set: in appsettings.json, in the environment (<c>Model__File</c>), on the command line (<c>--Model:File</c>).</summary>
internal sealed record ClassifierOptions
{
    public ModelOptions Model { get; init; } = new();

    public UploadOptions Uploads { get; init; } = new();

    public LimitOptions Limits { get; init; } = new();

    public PageOptions Page { get; init; } = new();

    /// <exception cref="ArgumentException">A value is out of its range; the message names it.</exception>
    /// <exception cref="InvalidOperationException">A setting has a name that is not known, or a value of the wrong type.</exception>
    public static ClassifierOptions From(IConfiguration configuration)
    {
        var options = new ClassifierOptions
        {
            Model = Section(configuration, nameof(Model), new ModelOptions()),
            Uploads = Section(configuration, nameof(Uploads), new UploadOptions()),
            Limits = Section(configuration, nameof(Limits), new LimitOptions()),
            Page = Section(configuration, nameof(Page), new PageOptions()),
        };
        options.Model.Validate();
        options.Uploads.Validate();
        options.Limits.Validate();
        options.Page.Validate();

        // Else a request of as many files as one may have would be told to come again, for ever.
        int files = options.Uploads.MaxFiles, queue = options.Model.Batching.QueueCapacity, maps = options.Limits.HeatMapsAtOnce + options.Limits.HeatMapsWaiting;
        Require(files <= queue, "Uploads:MaxFiles", files, $"at most Model:Batching:QueueCapacity ({queue})");
        Require(files <= maps, "Uploads:MaxFiles", files, $"at most Limits:HeatMapsAtOnce and Limits:HeatMapsWaiting together ({maps})");
        return options;
    }

    /// <exception cref="ArgumentException">The value is not what was expected.</exception>
    internal static void Require(bool holds, string name, object? value, string expected)
    {
        if (!holds)
        {
            throw new ArgumentException(FormattableString.Invariant(
                $"{name} is '{value}': expected {expected}. Change it in appsettings.json, with --{name} VALUE or with {name.Replace(":", "__", StringComparison.Ordinal)}=VALUE in the environment."));
        }
    }

    private static T Section<T>(IConfiguration configuration, string name, T defaults)
        where T : class => configuration.GetSection(name).Get<T>(binder => binder.ErrorOnUnknownConfiguration = true) ?? defaults;
}
