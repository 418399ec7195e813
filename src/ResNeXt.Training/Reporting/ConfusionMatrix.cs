namespace ResNeXt.Training;

/// <summary>How often images of each class were taken for each class. Room is taken for pairs that came up, so that thousands of classes are no matter.</summary>
/// <param name="classes">Number of classes.</param>
internal sealed class ConfusionMatrix(int classes)
{
    private readonly Dictionary<(int Label, int Predicted), int> _counts = [];
    private readonly int[] _support = new int[classes];
    private readonly int[] _predicted = new int[classes];

    public int Classes => classes;

    /// <param name="label">The true class.</param>
    /// <param name="predicted">What it was taken for.</param>
    public int this[int label, int predicted] => _counts.GetValueOrDefault((label, predicted));

    /// <summary>Every class, in order.</summary>
    public IEnumerable<ClassScore> Scores => Enumerable.Range(0, classes).Select(Score);

    /// <summary>Mean of the F1 of classes that came up, as images or as answers: as scikit-learn has it, a class of no image that something was taken for counts as 0.</summary>
    public double MacroF1 => Scores.Where(score => score.Support > 0 || PredictedCount(score.Label) > 0).Average(score => double.IsFinite(score.F1) ? score.F1 : 0);

    public static ConfusionMatrix Of(Predictions predictions)
    {
        var matrix = new ConfusionMatrix(predictions.Classes);
        for (int i = 0; i < predictions.Count; i++)
        {
            matrix.Add(predictions.Label(i), predictions.Predicted(i));
        }

        return matrix;
    }

    /// <summary>Counts an image.</summary>
    /// <param name="label">The true class.</param>
    /// <param name="predicted">What it was taken for.</param>
    public void Add(int label, int predicted)
    {
        _counts[(label, predicted)] = this[label, predicted] + 1;
        _support[label]++;
        _predicted[predicted]++;
    }

    /// <summary>Images of a class.</summary>
    public int Support(int label) => _support[label];

    /// <summary>Images that were taken for a class.</summary>
    public int PredictedCount(int label) => _predicted[label];

    public ClassScore Score(int label)
    {
        double right = this[label, label];
        return new ClassScore(label, Support(label), right / PredictedCount(label), right / Support(label));
    }

    /// <summary>Pairs of different classes that were confused, the most frequent first.</summary>
    public IReadOnlyList<(int Label, int Predicted, int Count)> ConfusedPairs() =>
    [
        .. from pair in _counts
           where pair.Key.Label != pair.Key.Predicted
           orderby pair.Value descending, pair.Key.Label, pair.Key.Predicted
           select (pair.Key.Label, pair.Key.Predicted, pair.Value),
    ];
}
