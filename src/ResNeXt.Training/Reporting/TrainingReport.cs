namespace ResNeXt.Training;

/// <summary>What the page tells of a run: numbers, small pictures and facts, nothing that needs the network any more.</summary>
internal sealed record TrainingReport
{
    /// <summary>Network, classes, history and settings; of the whole run.</summary>
    public required CheckpointInfo Info { get; init; }

    /// <summary>The best network on the validation images.</summary>
    public required ClassificationMetrics Metrics { get; init; }

    /// <summary>What it confused there.</summary>
    public required ConfusionMatrix Confusion { get; init; }

    /// <summary>Whether its probabilities can be believed.</summary>
    public required Calibration Calibration { get; init; }

    /// <summary>What its logits would have to be divided by for the least loss on the same images.</summary>
    public required double Temperature { get; init; }

    /// <summary>The probabilities with that.</summary>
    public required Calibration AtTemperature { get; init; }

    /// <summary>Mistakes in all.</summary>
    public required int MistakeCount { get; init; }

    /// <summary>The worst of them.</summary>
    public required IReadOnlyList<ScoredReportImage> Mistakes { get; init; }

    /// <summary>Training images as the network saw them in the first epoch.</summary>
    public required IReadOnlyList<ReportImage> Augmented { get; init; }

    /// <summary>Validation images with what spoke for the predicted class; none when the last maps have a single place.</summary>
    public required IReadOnlyList<ScoredReportImage> Activations { get; init; }

    /// <summary>How it was made, by name.</summary>
    public required IReadOnlyList<(string Name, string Value)> Facts { get; init; }

    /// <summary>Mean of the classes' F1, those without an image left out.</summary>
    public double MacroF1 => Enumerable.Range(0, Confusion.Classes).Select(label => Confusion.Score(label).F1).Where(double.IsFinite).Average();

    /// <summary>The numbers of a report, from predictions alone.</summary>
    /// <param name="info">The run.</param>
    /// <param name="predictions">Of its best network, at least one.</param>
    public static TrainingReport Of(CheckpointInfo info, Predictions predictions)
    {
        var sum = new MetricsAccumulator();
        for (int i = 0; i < predictions.Count; i++)
        {
            sum.Add(predictions.LogProbabilities(i), predictions.Label(i));
        }

        double temperature = Calibration.FitTemperature(predictions);
        return new TrainingReport
        {
            Info = info,
            Metrics = sum.Metrics,
            Confusion = new ConfusionMatrix(predictions),
            Calibration = Calibration.Of(predictions),
            Temperature = temperature,
            AtTemperature = Calibration.Of(predictions, temperature),
            MistakeCount = predictions.Mistakes().Count(),
            Mistakes = [],
            Augmented = [],
            Activations = [],
            Facts = [],
        };
    }
}
