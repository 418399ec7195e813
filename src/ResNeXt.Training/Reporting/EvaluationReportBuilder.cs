namespace ResNeXt.Training;

/// <summary>Collects what the page tells of a model that was measured: its predictions are there, the few images that are shown are read once more.</summary>
/// <param name="model">The model.</param>
/// <param name="predictions">What it said of the images, at least one.</param>
/// <param name="images">The same images.</param>
/// <param name="fastDecode">Whether large JPEGs are shrunk while they are decoded.</param>
internal sealed class EvaluationReportBuilder(ResNeXtModel model, Predictions predictions, IReadOnlyList<ListedImage> images, bool fastDecode)
{
    private readonly ImagePreprocessing _preprocessing = model.Metadata.Preprocessing;

    /// <param name="name">What it is about.</param>
    /// <param name="facts">How it was measured, by name.</param>
    public ClassificationReport Build(string name, IReadOnlyList<(string Name, string Value)> facts)
    {
        int[] mistakes = ReportChoice.Mistakes(predictions);
        bool maps = model.HasOutput(ResNeXtMetadata.ActivationMapsName);
        return ClassificationReport.Of(model.Metadata.Architecture, model.Metadata.Labels, _preprocessing, predictions) with
        {
            Name = name,
            Mistakes = [.. mistakes.Select(image => Picture(image, []))],
            Activations = maps ? [.. Explained(ReportChoice.ToExplain(predictions, mistakes))] : [],
            Facts = facts,
        };
    }

    private IEnumerable<ScoredReportImage> Explained(int[] chosen)
    {
        var scorer = new ImageScorer(model, [ResNeXtMetadata.ActivationMapsName], 1, _preprocessing.Decoding(fastDecode));
        foreach ((int image, ScoredImage scored) in chosen.Zip(scorer.Score(chosen.Select(image => images[image].Source))))
        {
            if (scored.Error is not null)
            {
                continue; // gone since it was scored
            }

            int classes = model.Metadata.Labels.Count, predicted = predictions.Predicted(image), places = scored.Values[0].Length / classes;
            float[] heat = [.. scored.Values[0].AsSpan(predicted * places, places).ToArray().Select(value => Math.Max(value, 0))];
            float strongest = heat.Max();
            if (places > 1)
            {
                yield return Picture(image, strongest > 0 ? [.. heat.Select(value => value / strongest)] : heat);
            }
        }
    }

    private ScoredReportImage Picture(int image, ReadOnlySpan<float> heat)
    {
        byte[] pixels = new byte[_preprocessing.ByteCount];
        using (RgbImage decoded = images[image].Source.Decode(_preprocessing.Decoding(fastDecode)))
        {
            new ImagePreprocessor(_preprocessing).Process(decoded, pixels);
        }

        return ScoredReportImage.Of(predictions, image, model.Metadata.Labels, images[image].Path, pixels, _preprocessing.ImageSize, heat);
    }
}
