namespace ResNeXt.Training;

/// <summary>Weights and network differ. The message is a summary in one line, then every difference on a line of its own.</summary>
public sealed class WeightsMismatchException : Exception
{
    // Beyond these it is another network altogether, and no name is a misspelt one; a hostile file could ask for hours.
    private const int MostCharacters = 100_000;

    /// <param name="path">The file.</param>
    /// <param name="network">Name of the network.</param>
    /// <param name="missing">Tensors of the network that are not in the file.</param>
    /// <param name="unexpected">Tensors of the file that the network has not.</param>
    /// <param name="misshaped">Tensors whose shapes differ: the file's, then the network's.</param>
    internal WeightsMismatchException(
        string path,
        string network,
        IReadOnlyList<(string Name, long[] Shape)> missing,
        IReadOnlyList<(string Name, long[] Shape)> unexpected,
        IReadOnlyList<(string Name, long[] Shape, long[] Expected)> misshaped)
        : this(
            $"'{path}' does not fit {network}: {missing.Count} tensors are missing, {unexpected.Count} unexpected, {misshaped.Count} of another shape.",
            string.Join('\n', [
                .. Group("missing", missing.Select(tensor => $"{Text(tensor.Name, tensor.Shape)}{Closest(tensor, unexpected)}")),
                .. Group("unexpected", unexpected.Select(tensor => Text(tensor.Name, tensor.Shape))),
                .. Group("of another shape", misshaped.Select(tensor => $"{Text(tensor.Name, tensor.Shape)}, expected {Text(tensor.Expected)}")),
            ]))
    {
    }

    private WeightsMismatchException(string summary, string differences)
        : base($"{summary}\n{differences}") => (Summary, Differences) = (summary, differences);

    /// <summary>The first line of the message.</summary>
    public string Summary { get; }

    /// <summary>The other lines: all that is missing, all that is unexpected, all of another shape.</summary>
    public string Differences { get; }

    private static IEnumerable<string> Group(string title, IEnumerable<string> lines)
    {
        string[] all = [.. lines];
        return all.Length == 0 ? [] : [$"{all.Length} {title}:", .. all.Select(line => $"  {line}")];
    }

    /// <summary>The unexpected tensor that may be meant: of the same shape if possible, then the closest name.</summary>
    private static string Closest((string Name, long[] Shape) missing, IReadOnlyList<(string Name, long[] Shape)> unexpected)
    {
        if (unexpected.Count == 0 || unexpected.Sum(tensor => (long)tensor.Name.Length) > MostCharacters)
        {
            return "";
        }

        (string name, long[] shape) = unexpected.MinBy(tensor => (tensor.Shape.SequenceEqual(missing.Shape) ? 0 : 1, ClosestNames.Distance(missing.Name, tensor.Name)));
        return $" (closest: {Text(name, shape)})";
    }

    private static string Text(string name, long[] shape) => $"{PrintableText.Of(name)} {Text(shape)}";

    private static string Text(long[] shape) => $"[{string.Join(", ", shape)}]";
}
