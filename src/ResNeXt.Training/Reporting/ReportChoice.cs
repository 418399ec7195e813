namespace ResNeXt.Training;

/// <summary>Which images the page shows. They are few, whatever the data.</summary>
internal static class ReportChoice
{
    private const int MistakePictures = 24;
    private const int ActivationPictures = 12;

    /// <summary>The worst mistakes.</summary>
    public static int[] Mistakes(Predictions predictions) => [.. predictions.Mistakes().Take(MistakePictures)];

    /// <summary>Images that are right from a few classes, evenly over all of them, then the worst mistakes.</summary>
    public static int[] ToExplain(Predictions predictions, int[] mistakes)
    {
        int wanted = ActivationPictures * 2 / 3, classes = Math.Min(predictions.Classes, wanted);
        int[] right =
        [
            .. Enumerable.Range(0, classes).Select(i => (int)((long)i * predictions.Classes / classes))
                .SelectMany(label => Enumerable.Range(0, predictions.Count).Where(i => predictions.Label(i) == label && predictions.IsRight(i)).Take(wanted / classes)),
        ];
        return [.. right, .. mistakes.Take(ActivationPictures - right.Length)];
    }
}
