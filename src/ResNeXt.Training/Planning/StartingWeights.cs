using TorchSharp;

namespace ResNeXt.Training;

/// <summary>
/// Chooses what to start from where nothing is asked for: of the published weights that are pulled and free for every use the best ones
/// whose run ends in time here, else those of the embedded network.
/// </summary>
internal static class StartingWeights
{
    /// <summary>The longest run that nobody asked for.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);

    /// <summary>Chooses from the cache of this machine, by its speed, which is measured only where there is a choice.</summary>
    public static ChosenRecipe Choose(TrainOptions options, DataSplit data, torch.Device device, Action<string>? log)
    {
        var embedded = StartingPoint.Embedded();
        var speed = new Lazy<TrainingSpeed>(() =>
        {
            ImagePreprocessing preprocessing = OnnxExporter.DefaultPreprocessing(embedded.Architecture).Scaled(embedded.ImageSize);
            TrainOptions recipe = DefaultRecipe.Of(data.Training.Count, embedded).Apply(options)
                .For(embedded.Architecture, preprocessing, imagesPerUpdate: 1, data.Training.Count);
            bool amp = MixedPrecision.IsOn(options.Amp, begun: null, device.type, MixedPrecision.HasInstructions);
            return TrainingSpeed.Measure(embedded.Architecture, preprocessing, recipe with { Amp = amp }, data, device);
        });
        return Choose(options, data, embedded, WeightsCache.Open().Pulled, speed, log);
    }

    /// <param name="options">The options of the run, which name neither network nor weights.</param>
    /// <param name="data">Its images.</param>
    /// <param name="embedded">What is always there.</param>
    /// <param name="pulled">Published weights in the cache.</param>
    /// <param name="speed">What was measured with a network; others take their time by their multiply-adds.</param>
    /// <param name="log">Told of better weights that would take too long.</param>
    public static ChosenRecipe Choose(
        TrainOptions options,
        DataSplit data,
        StartingPoint embedded,
        IEnumerable<PublishedWeights> pulled,
        Lazy<TrainingSpeed> speed,
        Action<string>? log)
    {
        foreach (PublishedWeights weights in pulled.Where(weights => !weights.NonCommercial).OrderByDescending(weights => weights.Top1))
        {
            var start = StartingPoint.Of(weights);
            ChosenRecipe recipe = DefaultRecipe.Of(data.Training.Count, start);
            TrainOptions applied = recipe.Apply(options);
            long multiplyAdds = ArchitectureSummary.Of(start.Architecture, applied.ImageSize!.Value, data.Labels.Count).MultiplyAdds;
            TrainingSpeed scaled = speed.Value.For(multiplyAdds);
            TimeSpan time = PlannedTime.Of(applied, applied.Epochs!.Value, data.Training.Count, data.Validation.Count, scaled);
            if (time <= Longest)
            {
                return recipe;
            }

            log?.Invoke(
                $"'{weights.Name}' is pulled, but training it would take {PlannedTime.Text(time)} here: --weights {weights.Name} takes it all the same.");
        }

        return DefaultRecipe.Of(data.Training.Count, embedded);
    }
}
