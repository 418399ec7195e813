namespace WebClassifier;

/// <summary>The section <c>Page</c>: what the page says and offers.</summary>
internal sealed record PageOptions
{
    /// <summary>Below this probability of the best label the page says that it is not sure.</summary>
    /// <value>0 to 1. The default is 0.5.</value>
    public double Threshold { get; init; } = 0.5;

    internal void Validate() => ClassifierOptions.Require(Threshold is >= 0 and <= 1, "Page:Threshold", Threshold, "a probability, 0 to 1");
}
