namespace WebClassifier;

/// <summary>What a server says that runs.</summary>
/// <param name="Status">Always <c>live</c>.</param>
internal sealed record LiveAnswer(string Status);
