namespace ResNeXt.Training;

/// <summary>How long a run will take, by what an image takes.</summary>
internal static class PlannedTime
{
    /// <summary>What a run takes beside its images: loading libtorch, the checkpoints, export and proof of the model, the report.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(6);

    /// <summary>What an epoch takes beside its images: its checkpoints, for one.</summary>
    private const double EpochSeconds = 0.1;

    /// <param name="options">The options of the run.</param>
    /// <param name="epochs">Epochs that are left.</param>
    /// <param name="training">Images of an epoch.</param>
    /// <param name="validation">Images that it is validated with.</param>
    /// <param name="speed">What an image takes.</param>
    public static TimeSpan Of(TrainOptions options, int epochs, int training, int validation, TrainingSpeed speed)
    {
        // Preparing an image and computing with it share the cores, so their times add up.
        double learned = speed.StepSeconds + speed.PhotoSeconds, seen = speed.ForwardSeconds + speed.PhotoSeconds;
        bool headAlone = options.Trainable == TrainableLayers.Head;

        // Where the head alone learns, features that stay the same are computed once, and the last layer takes next to nothing.
        bool cached = options.CachesFeatures;
        double epoch = EpochSeconds + (cached ? 0 : training * learned) + (headAlone ? 0 : validation * seen);
        double once = (cached ? training * seen : 0) + (validation * (headAlone ? seen : speed.PhotoSeconds));
        return Rest + TimeSpan.FromSeconds((epochs * epoch) + once);
    }

    /// <summary>A duration as people say it: it is an estimate.</summary>
    public static string Text(TimeSpan time) => time switch
    {
        { TotalSeconds: < 55 } => FormattableString.Invariant($"about {Math.Max(1, Math.Round(time.TotalSeconds / 10)) * 10:0} seconds"),
        { TotalMinutes: < 1.5 } => "about a minute",
        { TotalMinutes: < 90 } => FormattableString.Invariant($"about {time.TotalMinutes:0} minutes"),
        { TotalHours: < 10 } => FormattableString.Invariant($"about {time.TotalHours:0.#} hours"),
        { TotalHours: < 48 } => FormattableString.Invariant($"about {time.TotalHours:0} hours"),
        _ => FormattableString.Invariant($"about {time.TotalDays:0} days"),
    };
}
