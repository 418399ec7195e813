using System.Runtime.InteropServices;

namespace ResNeXt.Training;

/// <summary>What a network said of each image of a labelled set, in order.</summary>
/// <param name="classes">Number of classes.</param>
internal sealed class Predictions(int classes)
{
    private readonly List<float> _logProbabilities = [];
    private readonly List<int> _labels = [];
    private readonly List<int> _predicted = [];

    public int Classes { get; } = classes;

    public int Count => _labels.Count;

    /// <param name="logProbabilities">Logarithms of the probabilities of the classes of one image.</param>
    /// <param name="label">Its class.</param>
    public void Add(ReadOnlySpan<float> logProbabilities, int label)
    {
        _logProbabilities.AddRange(logProbabilities);
        _labels.Add(label);
        _predicted.Add(Largest(logProbabilities));
    }

    /// <summary>The most probable class; of equal ones the first.</summary>
    public static int Largest(ReadOnlySpan<float> logProbabilities)
    {
        int largest = 0;
        for (int i = 1; i < logProbabilities.Length; i++)
        {
            largest = logProbabilities[i] > logProbabilities[largest] ? i : largest;
        }

        return largest;
    }

    public int Label(int image) => _labels[image];

    /// <summary>The most probable class; of equal ones the first.</summary>
    public int Predicted(int image) => _predicted[image];

    public bool IsRight(int image) => _labels[image] == _predicted[image];

    /// <summary>Probability of a class, 0 to 1.</summary>
    public double Probability(int image, int label) => Math.Exp(LogProbabilities(image)[label]);

    public ReadOnlySpan<float> LogProbabilities(int image) => CollectionsMarshal.AsSpan(_logProbabilities).Slice(image * Classes, Classes);

    /// <summary>The images that were taken for something else, the least probable truth first.</summary>
    public IEnumerable<int> Mistakes() =>
        Enumerable.Range(0, Count).Where(image => !IsRight(image)).OrderBy(image => LogProbabilities(image)[Label(image)]);
}
