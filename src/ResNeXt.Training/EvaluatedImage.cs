namespace ResNeXt.Training;

/// <summary>A labelled image that went through a model.</summary>
/// <param name="Image">The image.</param>
/// <param name="Label">Its class, by the model's numbers.</param>
/// <param name="Scored">What the model gave, or why it gave nothing.</param>
/// <param name="LogProbabilities">Logarithms of the classes' probabilities; empty where it could not be read.</param>
internal readonly record struct EvaluatedImage(ListedImage Image, int Label, ScoredImage Scored, float[] LogProbabilities)
{
    /// <summary>The most probable class, of equal ones the first; says nothing of an image that could not be read.</summary>
    public int Predicted => Predictions.Largest(LogProbabilities);

    /// <summary>How the model did; says nothing of an image that could not be read.</summary>
    public ImageLoss Loss => LogProbabilities.Length == 0 ? default : ImageLoss.Of(LogProbabilities, Label);
}
