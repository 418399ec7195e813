using ResNeXt.MLNet;

namespace WebClassifier;

/// <summary>The section <c>Model</c>: the network and how it is run.</summary>
internal sealed record ModelOptions
{
    /// <summary>The .onnx file that <c>resnext train</c> or <c>resnext export</c> wrote, or the name of weights that <c>resnext weights pull</c> made ready; watched, and loaded again when it changes.</summary>
    /// <value>The default is the small network of the library, a copy of which lies beside this program.</value>
    public string File { get; init; } = Path.Combine(AppContext.BaseDirectory, "Models", "resnext29_8x8d_small.distilled.onnx");

    /// <summary>How images become batches, and how many may wait.</summary>
    public BatchingPredictorOptions Batching { get; init; } = new();

    /// <summary>How often the file is looked at, even where the system reports no change.</summary>
    /// <value>100 milliseconds to 1 hour. The default is 3 seconds.</value>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a changed file must stay as it is before it is loaded.</summary>
    /// <value>0 to 1 minute. The default is 300 milliseconds.</value>
    public TimeSpan SettleTime { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>How long opening a model and its first answer may take; a file that takes longer is not loaded, and the next change of it is tried.</summary>
    /// <value>100 milliseconds to 1 hour. The default is 2 minutes.</value>
    public TimeSpan LoadTimeout { get; init; } = TimeSpan.FromMinutes(2);

    internal void Validate()
    {
        ClassifierOptions.Require(!string.IsNullOrWhiteSpace(File), "Model:File", File, "the path of a .onnx file, or the name of pulled weights");
        ClassifierOptions.Require(PollInterval >= TimeSpan.FromSeconds(0.1) && PollInterval <= TimeSpan.FromHours(1), "Model:PollInterval", PollInterval, "00:00:00.1 to 01:00:00");
        ClassifierOptions.Require(LoadTimeout >= TimeSpan.FromSeconds(0.1) && LoadTimeout <= TimeSpan.FromHours(1), "Model:LoadTimeout", LoadTimeout, "00:00:00.1 to 01:00:00");
        try
        {
            Batching.Validated();
        }
        catch (ArgumentException exception)
        {
            throw new ArgumentException($"Model:Batching:{exception.Message}", exception);
        }

        ClassifierOptions.Require(SettleTime >= TimeSpan.Zero && SettleTime <= TimeSpan.FromMinutes(1), "Model:SettleTime", SettleTime, "00:00:00 to 00:01:00");
    }
}
