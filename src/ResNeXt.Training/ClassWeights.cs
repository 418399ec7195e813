using System.Globalization;
using static TorchSharp.torch;

namespace ResNeXt.Training;

/// <summary>
/// How much the images of each class count in the loss: the <c>weight</c> of PyTorch's <c>cross_entropy</c>, whose mean over a batch is then
/// the weighted one. The validation does not know of it.
/// </summary>
public sealed record ClassWeights
{
    /// <summary>Null for balanced ones.</summary>
    private readonly SortedDictionary<string, double>? _given;

    private ClassWeights(SortedDictionary<string, double>? given) => _given = given;

    /// <summary>
    /// Every class counts alike, however many images it has: n / (k * m) for a class of m among n training images of k classes, as scikit-learn
    /// computes it.
    /// </summary>
    public static ClassWeights Balanced { get; } = new((SortedDictionary<string, double>?)null);

    /// <summary>Weights by label; a label that is not named has weight 1.</summary>
    /// <param name="weights">Above 0.</param>
    /// <exception cref="ArgumentException">A weight is not above 0, or not finite.</exception>
    public static ClassWeights Of(IReadOnlyDictionary<string, double> weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        foreach ((string label, double weight) in weights)
        {
            if (!(weight > 0 && double.IsFinite(weight)))
            {
                throw new ArgumentException(FormattableString.Invariant($"The weight of class '{label}' is {weight}: expected a number above 0."));
            }
        }

        return new ClassWeights(new SortedDictionary<string, double>(weights.ToDictionary(), StringComparer.Ordinal));
    }

    /// <summary>Reads <c>balanced</c>, or labels with their weights: <c>rose=2,tulip=0.5</c>.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException">It is neither, or names a label twice.</exception>
    /// <exception cref="ArgumentException">A weight is not above 0.</exception>
    public static ClassWeights Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text == "balanced")
        {
            return Balanced;
        }

        var weights = new Dictionary<string, double>();
        string before = ""; // a name may have commas: it ends with its weight
        foreach (string piece in text.Split(','))
        {
            string part = before + piece;
            if (!piece.Contains('=', StringComparison.Ordinal))
            {
                before = part + ",";
                continue;
            }

            before = "";
            int equals = part.LastIndexOf('=');
            if (equals < 1
                || !double.TryParse(part.AsSpan(equals + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out double weight)
                || !weights.TryAdd(part[..equals], weight))
            {
                throw Unreadable(text, part);
            }
        }

        return before.Length == 0 ? Of(weights) : throw Unreadable(text, before[..^1]);
    }

    /// <summary>The text that <see cref="Parse"/> reads.</summary>
    public override string ToString() =>
        _given is null ? "balanced" : string.Join(",", _given.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key}={pair.Value}")));

    /// <inheritdoc/>
    public bool Equals(ClassWeights? other) => other is not null && ToString() == other.ToString();

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    private static FormatException Unreadable(string text, string part) =>
        new($"Class weights '{text}' have '{part}': expected balanced, or each label once with its weight, such as rose=2,tulip=0.5.");

    /// <summary>The same without labels that are not among the given ones.</summary>
    internal ClassWeights Among(IReadOnlyList<string> labels) => _given is null ? this : Of(_given.Where(pair => labels.Contains(pair.Key)).ToDictionary());

    /// <summary>The weight of each class, in the order of the labels, on the device of the training.</summary>
    /// <exception cref="InvalidDataException">A label is named that is no class.</exception>
    internal Tensor Of(DataSplit data, Device device) => tensor(For(data), device: device);

    /// <summary>The weight of each class, in the order of the labels.</summary>
    /// <exception cref="InvalidDataException">A label is named that is no class.</exception>
    internal float[] For(DataSplit data)
    {
        if (_given is null)
        {
            int[] counts = data.TrainingCounts();
            double share = (double)data.Training.Count / counts.Count(count => count > 0);
            return [.. counts.Select(count => count == 0 ? 1 : (float)(share / count))];
        }

        return _given.Keys.FirstOrDefault(label => !data.Labels.Contains(label)) is string unknown
            ? throw new InvalidDataException($"{nameof(ClassWeights)} name '{unknown}', which is no class: expected some of {DataSplit.Shorten(data.Labels)}.")
            : [.. data.Labels.Select(label => (float)_given.GetValueOrDefault(label, 1))];
    }
}
