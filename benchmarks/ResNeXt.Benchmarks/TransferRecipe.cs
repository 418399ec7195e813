using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace ResNeXt.Benchmarks;

/// <summary>
/// From features to a classifier, the same way for every featurizer: standardised features, logistic regression, and the strength of its
/// regularisation by cross-validation on the training photos.
/// </summary>
internal static class TransferRecipe
{
    public const int Folds = 5;

    private const int Seed = 1;

    /// <summary>The strongest first: of equals it wins.</summary>
    private static readonly float[] Strengths = [1000, 100, 10, 1, 0.1f];

    /// <summary>What it does, for a report.</summary>
    public static string Description =>
        $"Features standardised (`NormalizeMeanVariance`, `fixZero: false`), `LbfgsMaximumEntropy` with L1 0 and L2 "
        + string.Join(", ", Strengths.Reverse().Select(l2 => l2.ToString(CultureInfo.InvariantCulture)))
        + $", chosen by {Folds}-fold cross-validation on the training photos";

    /// <param name="ml">Where it runs.</param>
    /// <param name="training">Columns Features and Label; read many times.</param>
    /// <param name="test">The same of the test photos, which are looked at once.</param>
    /// <returns>The share of test photos that are right, and the L2 regularisation that the training photos chose.</returns>
    public static (double Accuracy, float L2) Measure(MLContext ml, IDataView training, IDataView test)
    {
        float l2 = Choose(ml, training);
        return (ml.MulticlassClassification.Evaluate(LogisticRegression(ml, l2).Fit(training).Transform(test)).MicroAccuracy, l2);
    }

    /// <summary>The L2 regularisation that gets most photos right in cross-validation.</summary>
    public static float Choose(MLContext ml, IDataView training) => Strengths.MaxBy(l2 => CrossValidated(ml, training, l2, Seed));

    /// <returns>The share of photos that are right, each judged by a classifier that has not seen it.</returns>
    public static double CrossValidated(MLContext ml, IDataView photos, float l2, int seed) =>
        ml.MulticlassClassification.CrossValidate(photos, LogisticRegression(ml, l2), Folds, seed: seed)
            .Average(fold => fold.Metrics.MicroAccuracy);

    private static EstimatorChain<MulticlassPredictionTransformer<MaximumEntropyModelParameters>> LogisticRegression(MLContext ml, float l2) =>
        ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(ml.Transforms.NormalizeMeanVariance("Features", fixZero: false))
            .Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(l1Regularization: 0, l2Regularization: l2));
}
