namespace ResNeXt.Training;

/// <summary>How often images of each class were taken for each class.</summary>
internal sealed class ConfusionMatrix
{
    private readonly int[,] _counts;

    public ConfusionMatrix(Predictions predictions)
    {
        Classes = predictions.Classes;
        _counts = new int[Classes, Classes];
        for (int i = 0; i < predictions.Count; i++)
        {
            _counts[predictions.Label(i), predictions.Predicted(i)]++;
        }
    }

    public int Classes { get; }

    /// <param name="label">The true class.</param>
    /// <param name="predicted">What it was taken for.</param>
    public int this[int label, int predicted] => _counts[label, predicted];

    /// <summary>Images of a class.</summary>
    public int Support(int label) => Enumerable.Range(0, Classes).Sum(predicted => _counts[label, predicted]);

    /// <summary>Images that were taken for a class.</summary>
    public int PredictedCount(int label) => Enumerable.Range(0, Classes).Sum(truth => _counts[truth, label]);

    public ClassScore Score(int label)
    {
        double right = _counts[label, label];
        return new ClassScore(label, Support(label), right / PredictedCount(label), right / Support(label));
    }

    /// <summary>Pairs of different classes that were confused, the most frequent first.</summary>
    public IReadOnlyList<(int Label, int Predicted, int Count)> ConfusedPairs() =>
    [
        .. from label in Enumerable.Range(0, Classes)
           from predicted in Enumerable.Range(0, Classes)
           where label != predicted && _counts[label, predicted] > 0
           orderby _counts[label, predicted] descending, label, predicted
           select (label, predicted, _counts[label, predicted]),
    ];
}
