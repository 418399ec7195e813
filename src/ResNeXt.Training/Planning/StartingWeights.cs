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
    public static ChosenStart Choose(TrainOptions options, DataSplit data, torch.Device device, Action<string>? log)
    {
        var embedded = StartingPoint.Embedded();
        var speed = new Lazy<TrainingSpeed>(() =>
        {
            TrainOptions recipe = embedded.Recipe(options, data.Training.Count);
            bool amp = MixedPrecision.IsOn(options.Amp, begun: null, device.type, MixedPrecision.HasInstructions);
            return TrainingSpeed.Measure(embedded.Architecture, embedded.Preprocessing, recipe with { Amp = amp }, data, device);
        });
        return Choose(options, data, embedded, WeightsCache.Open().Pulled, speed, log);
    }

    /// <param name="options">The options of the run, which name neither network nor weights.</param>
    /// <param name="data">Its images.</param>
    /// <param name="embedded">What is always there.</param>
    /// <param name="pulled">Published weights in the cache.</param>
    /// <param name="speed">What was measured with a network; others take their time by their multiply-adds.</param>
    /// <param name="log">Told of better weights that would take too long.</param>
    public static ChosenStart Choose(
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
            TrainOptions recipe = start.Recipe(options, data.Training.Count);
            long multiplyAdds = ArchitectureSummary.Of(start.Architecture, options.ImageSize ?? start.Preprocessing.ImageSize, data.Labels.Count).MultiplyAdds;
            TimeSpan time = PlannedTime.Of(recipe, recipe.Epochs!.Value, data.Training.Count, data.Validation.Count, speed.Value.For(multiplyAdds));
            if (time <= Longest)
            {
                return new ChosenStart { Weights = start.Weights };
            }

            log?.Invoke(
                $"'{weights.Name}' is pulled, but training it would take {PlannedTime.Text(time)} here: --weights {weights.Name} takes it all the same.");
        }

        return new ChosenStart { Weights = embedded.Weights };
    }
}
