using TorchSharp;

namespace ResNeXt.Training;

/// <summary>
/// What a run is about to do, and how long it will take: people should see at once that it is the wrong folder, or the wrong night.
/// </summary>
internal sealed record TrainingPlan
{
    private const int ClassesShown = 10, LongestName = 60;

    /// <summary>Name of each class, with its images to train on and to validate with.</summary>
    public required IReadOnlyList<(string Label, int Training, int Validation)> Classes { get; init; }

    /// <summary>Share of each class that is held back to validate with; null where there are images for it.</summary>
    public required double? HeldBack { get; init; }

    public required string Architecture { get; init; }

    public required int ImageSize { get; init; }

    public required string Weights { get; init; }

    public required string Device { get; init; }

    /// <summary>Epochs done before.</summary>
    public required int EpochsDone { get; init; }

    public required int Epochs { get; init; }

    /// <summary>The run may end before the last epoch.</summary>
    public required bool MayEndEarly { get; init; }

    /// <summary>There is one whose outputs may have to be computed first, which is not in the time.</summary>
    public bool HasTeacher { get; init; }

    /// <summary>Null where it cannot be told.</summary>
    public required TimeSpan? Time { get; init; }

    /// <summary>The plan of a run that is about to begin or to go on. Takes a second or two to measure the speed.</summary>
    /// <param name="state">The run.</param>
    /// <param name="data">Its images.</param>
    /// <param name="device">Where it computes.</param>
    /// <param name="ranks">Those that train together.</param>
    public static TrainingPlan Of(TrainingState state, DataSplit data, torch.Device device, RankGroup ranks)
    {
        TrainOptions options = state.Options;
        var architecture = ResNeXtArchitecture.Parse(state.Info.Architecture);
        ImagePreprocessing preprocessing = state.Info.Preprocessing;
        int[] training = data.TrainingCounts(), validation = data.ValidationCounts();
        string computer = device.type == DeviceType.CPU ? $"cpu, {Number(torch.get_num_threads(), "thread")}" : device.ToString();
        TrainingSpeed? speed = ranks.IsAlone ? TrainingSpeed.Measure(architecture, preprocessing, options, data, device) : null;
        return new TrainingPlan
        {
            Classes = [.. data.Labels.Select((label, i) => (label, training[i], validation[i]))],
            HeldBack = options.Val is null ? options.ValSplit : null,
            Architecture = architecture.Name,
            ImageSize = preprocessing.ImageSize,
            Weights = state.Info.Epoch > 0 ? FormattableString.Invariant($"those of epoch {state.Info.Epoch} of this run")
                : state.Info.Chosen is ChosenStart chosen ? ChosenStart.Name(chosen.Weights)
                : options.Weights is string file ? Path.GetFileName(file)
                : "random",
            Device = $"{computer}, {(options.Amp is true ? "bfloat16" : "float32")}",
            EpochsDone = state.Info.Epoch,
            Epochs = options.Epochs!.Value,
            MayEndEarly = options.Patience is not null,
            HasTeacher = options.Teacher is not null,
            Time = speed is null
                ? null
                : PlannedTime.Of(options, options.Epochs!.Value - state.Info.Epoch, state.Plan.ImageCount, data.Validation.Count, speed),
        };
    }

    /// <summary>The plan for people, in lines of at most 80 columns.</summary>
    public IEnumerable<string> Lines()
    {
        yield return "  train    val  class";
        foreach ((string label, int training, int validation) in Classes.Take(ClassesShown))
        {
            yield return Row(training, validation, label.Length == 0 ? "(without labels)" : Cut(label));
        }

        (string, int Training, int)[] others = [.. Classes.Skip(ClassesShown)];
        if (others.Length > 0)
        {
            (int least, int most) = (others.Min(one => one.Training), others.Max(one => one.Training));
            string each = least == most ? FormattableString.Invariant($"{least:N0}") : FormattableString.Invariant($"{least:N0} to {most:N0}");
            yield return FormattableString.Invariant($"{"",16}and {others.Length:N0} more, with {each} to train on");
        }

        string split = HeldBack is double share
            ? FormattableString.Invariant($"{share * 100:0.#} % of each held back to validate with")
            : "validation images of their own";
        string all = FormattableString.Invariant($"images of {Classes.Count:N0} {(Classes.Count == 1 ? "class" : "classes")}, {split}");
        yield return Row(Classes.Sum(one => one.Training), Classes.Sum(one => one.Validation), all);
        yield return $"  architecture  {Cut(FormattableString.Invariant($"{Architecture}, {ImageSize} x {ImageSize} pixels"))}";
        yield return $"  weights       {Cut(Weights)}";
        yield return $"  device        {Cut(Device)}";
        string epochs = EpochsDone == 0 ? Number(Epochs, "epoch") : FormattableString.Invariant($"epochs {EpochsDone + 1} to {Epochs}");
        string time = Time is TimeSpan known ? PlannedTime.Text(known) + (MayEndEarly ? " at most" : "") : "not planned for several ranks";
        yield return $"  time          {time}, {epochs}{(HasTeacher ? ", and what the teacher takes" : "")}";
    }

    /// <summary>So many of something.</summary>
    public static string Number(int count, string what) => FormattableString.Invariant($"{count} {what}{(count == 1 ? "" : "s")}");

    private static string Row(int training, int validation, string text) =>
        FormattableString.Invariant($"{training,7:N0}{validation,7:N0}  {text}");

    private static string Cut(string text) => text.Length <= LongestName ? text : text[..(LongestName - 1)] + "…";
}
