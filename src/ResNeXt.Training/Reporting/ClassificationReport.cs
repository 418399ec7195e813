namespace ResNeXt.Training;

/// <summary>What the page tells of a network on labelled images: numbers, small pictures and facts, nothing that needs the network any more.</summary>
internal sealed record ClassificationReport
{
    /// <summary>What it is about, for the title: a run, a model.</summary>
    public string Name { get; init; } = "";

    /// <summary>Name of the network.</summary>
    public required string Architecture { get; init; }

    /// <summary>The classes.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>Edge of the network's input in pixels.</summary>
    public required int ImageSize { get; init; }

    /// <summary>History and settings of the training that this is the report of; null for a model that is measured.</summary>
    public CheckpointInfo? Run { get; init; }

    /// <summary>Images of each class that the network learned from; empty where that is not known.</summary>
    public IReadOnlyList<int> TrainingImages { get; init; } = [];

    /// <summary>How the network did on the images.</summary>
    public required ClassificationMetrics Metrics { get; init; }

    /// <summary>What it confused there.</summary>
    public required ConfusionMatrix Confusion { get; init; }

    /// <summary>Whether its probabilities can be believed.</summary>
    public required Calibration Calibration { get; init; }

    /// <summary>What its logits would have to be divided by for the least loss on the same images; null where all are right, and the least is at 0.</summary>
    public required double? Temperature { get; init; }

    /// <summary>The probabilities with that.</summary>
    public required Calibration AtTemperature { get; init; }

    /// <summary>Mistakes in all.</summary>
    public required int MistakeCount { get; init; }

    /// <summary>The worst of them.</summary>
    public IReadOnlyList<ScoredReportImage> Mistakes { get; init; } = [];

    /// <summary>Training images as the network saw them in the first epoch.</summary>
    public IReadOnlyList<ReportImage> Augmented { get; init; } = [];

    /// <summary>Images with what spoke for the predicted class; none when the last maps have a single place, or the model does not give them.</summary>
    public IReadOnlyList<ScoredReportImage> Activations { get; init; } = [];

    /// <summary>How it was made, by name.</summary>
    public IReadOnlyList<(string Name, string Value)> Facts { get; init; } = [];

    /// <summary>The numbers of a run's report.</summary>
    /// <param name="run">The run.</param>
    /// <param name="predictions">Of its best network, at least one.</param>
    public static ClassificationReport Of(CheckpointInfo run, Predictions predictions) =>
        Of(run.Architecture, run.Labels, run.Preprocessing, predictions) with { Run = run };

    /// <summary>The numbers of a report, from predictions alone.</summary>
    /// <param name="architecture">Name of the network.</param>
    /// <param name="labels">The classes.</param>
    /// <param name="preprocessing">How images are prepared.</param>
    /// <param name="predictions">At least one.</param>
    public static ClassificationReport Of(string architecture, IReadOnlyList<string> labels, ImagePreprocessing preprocessing, Predictions predictions)
    {
        var sum = new MetricsAccumulator();
        for (int i = 0; i < predictions.Count; i++)
        {
            sum.Add(predictions.LogProbabilities(i), predictions.Label(i));
        }

        double? temperature = Calibration.FitTemperature(predictions);
        var calibration = Calibration.Of(predictions);
        return new ClassificationReport
        {
            Architecture = architecture,
            Labels = labels,
            ImageSize = preprocessing.ImageSize,
            Metrics = sum.Metrics,
            Confusion = ConfusionMatrix.Of(predictions),
            Calibration = calibration,
            Temperature = temperature,
            AtTemperature = temperature is double found ? Calibration.Of(predictions, found) : calibration,
            MistakeCount = predictions.Mistakes().Count(),
        };
    }
}
