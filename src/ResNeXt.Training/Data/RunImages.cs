namespace ResNeXt.Training;

/// <summary>The images of a run as batches, and as features of them where nothing before the last layer changes any more.</summary>
internal sealed class RunImages : IDisposable
{
    private readonly TrainingState _state;
    private readonly DataSplit _data;
    private readonly PixelNormalization _normalization;
    private readonly Action<string>? _log;
    private readonly BatchLoader _validation;
    private readonly IReadOnlyList<Sample> _ownValidation;
    private readonly RankGroup _ranks;
    private readonly Teacher? _teacher;
    private readonly CancellationToken _cancellation;
    private CachedFeatures? _trainingFeatures;
    private CachedFeatures? _validationFeatures;

    /// <param name="state">The run.</param>
    /// <param name="data">Its images.</param>
    /// <param name="normalization">Bytes to the network's input.</param>
    /// <param name="log">Told what is doubtful about them.</param>
    /// <param name="ranks">Those that share the training batches and the validation images.</param>
    /// <param name="teacher">What the network learns from beside the labels; null for nothing.</param>
    /// <param name="cancellation">Stops between two images.</param>
    public RunImages(
        TrainingState state, DataSplit data, PixelNormalization normalization, Action<string>? log, RankGroup ranks, Teacher? teacher, CancellationToken cancellation)
    {
        (_state, _data, _normalization, _log, _ranks, _teacher, _cancellation) = (state, data, normalization, log, ranks, teacher, cancellation);
        ImagePreprocessing preprocessing = state.Info.Preprocessing;
        Augmented = Loader(ranks, teacher);
        _ownValidation = [.. data.Validation.Take(ranks.Share(data.Validation.Count))];
        _validation = new BatchLoader(_ownValidation, preprocessing, state.Options.BatchSize!.Value, Augmentation.None(preprocessing), unreadable: RefuseUnreadable, teacher: teacher);
    }

    /// <summary>The training images as the network sees them.</summary>
    public BatchLoader Augmented { get; }

    /// <summary>The same without a share for other ranks.</summary>
    public BatchLoader Unshared => Loader(RankGroup.Alone, teacher: null);

    /// <summary>What the network learns from.</summary>
    public IBatchSource Training => _trainingFeatures ?? (IBatchSource)Augmented;

    /// <summary>What it is measured on.</summary>
    public IBatchSource Validation => _validationFeatures ?? (IBatchSource)_validation;

    /// <summary>Looks at the images before any time is spent on them, shows them to the teacher, and computes the features that stay the same.</summary>
    /// <param name="featureCache">Where features too many for the memory may lie.</param>
    /// <param name="teacherCache">Where the teacher's outputs are kept.</param>
    /// <exception cref="InvalidDataException">An image cannot be read; or is doubtful, where the run is strict.</exception>
    public void Prepare(string featureCache, string teacherCache)
    {
        DataChecks.Run(_data, _state.Info.Preprocessing, _state.Options.Strict, _log, _cancellation);
        _teacher?.Prepare(_data, teacherCache, _state.Info.Preprocessing.ImageSize, _state.Module.Architecture.Stride, _ranks, RefuseUnreadable, _log, _cancellation);
        if (_state.Options.Trainable != TrainableLayers.Head)
        {
            // One that cannot be read must not cost the first epoch.
            foreach (LabeledBatch _ in _validation.Epoch(seed: null, _cancellation))
            {
            }

            return;
        }

        _validationFeatures = FeaturesOf(_validation, _ownValidation, new EpochPlan(_ownValidation, _state.Options.BatchSize!.Value));
        if (_state.Options.CachesFeatures)
        {
            _trainingFeatures = FeaturesOf(Augmented, _data.Training, _state.Plan);
        }

        CachedFeatures FeaturesOf(BatchLoader images, IReadOnlyList<Sample> samples, EpochPlan plan) =>
            new(_state.Module, _normalization, images, samples, plan, featureCache, _cancellation);
    }

    public void Dispose()
    {
        _trainingFeatures?.Dispose();
        _validationFeatures?.Dispose();
    }

    private BatchLoader Loader(RankGroup ranks, Teacher? teacher) => new(
        _data.Training, _state.Info.Preprocessing, _state.Options.BatchSize!.Value, Augmentation.Of(_state.Options, _state.Info.Preprocessing), _state.Options.ClassBalanced, RefuseUnreadable, ranks, teacher);

    private void RefuseUnreadable() => UnreadableImages.Refuse(_data, _state.Info.Preprocessing.Orientation, _log, _cancellation);
}
