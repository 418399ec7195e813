using System.Security.Cryptography;
using System.Text;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ResNeXt.Training;

/// <summary>The network that learns, with everything that must be saved to go on: optimizer, average, and where the run stands.</summary>
internal sealed class TrainingState : IDisposable
{
    private static readonly Lock Generator = new();

    /// <summary>Images that batch normalisation needs.</summary>
    private const int SmallestPart = 2;

    private readonly RunFolder? _folder;

    private readonly RankGroup _ranks;

    private TrainingState(ResNeXtModule module, TrainOptions options, CheckpointInfo info, RunFolder? folder, EpochPlan plan, RankGroup ranks)
    {
        (_folder, _ranks) = (folder, ranks);
        Module = module;
        Options = options;
        Info = info;
        Plan = plan;
        UpdatesPerEpoch = (plan.BatchCount + options.GradAccumSteps - 1) / options.GradAccumSteps;
        Projection = NewProjection(module, options);
        Optimizer = Optimizer.Of([.. TrainedParameter.Of(module, options, UpdatesPerEpoch), .. TrainedParameter.OfProjection(Projection, options)], options);
        Average = options.ModelEma ? new WeightAverage(module, NewModule(info, module.conv1.weight!.device), options.ModelEmaDecay, Projection, NewProjection(module, options)) : null;
    }

    public ResNeXtModule Module { get; }

    /// <summary>Between the network's features and its teacher's, thrown away at the end; null where none are learned.</summary>
    public Linear? Projection { get; }

    public Optimizer Optimizer { get; }

    /// <summary>Null when it is off.</summary>
    public WeightAverage? Average { get; }

    /// <summary>The options, with the defaults of the network in the place of null.</summary>
    public TrainOptions Options { get; }

    public CheckpointInfo Info { get; private set; }

    /// <summary>Which images an epoch shows.</summary>
    public EpochPlan Plan { get; }

    /// <summary>Updates in an epoch.</summary>
    public int UpdatesPerEpoch { get; }

    /// <summary>The network that is validated and exported.</summary>
    public ResNeXtModule Evaluated => Average?.Module ?? Module;

    /// <summary>What goes with it.</summary>
    public Linear? EvaluatedProjection => Average is null ? Projection : Average.Projection;

    /// <summary>No epoch is left, or none got better for too long.</summary>
    public bool IsDone => Info.Epoch >= Options.Epochs || (Info.Epoch > 0 && Info.Epoch - Info.BestEpoch >= Options.Patience);

    /// <summary>Random weights, those of a file, or a run as far as it had come.</summary>
    /// <param name="options">The options.</param>
    /// <param name="data">The images.</param>
    /// <param name="folder">Where the run stands and is saved; null for one that leaves nothing.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="log">Told what was decided.</param>
    /// <param name="ranks">Those that train together; null for none. Rank 0 decides, and the others get what it has.</param>
    /// <exception cref="InvalidDataException">Ranks have different options or images.</exception>
    public static TrainingState Begin(TrainOptions options, DataSplit data, RunFolder? folder, Device device, Action<string>? log, RankGroup? ranks = null)
    {
        ranks ??= RankGroup.Alone;
        bool resumes = folder is { Resumes: true };
        if (resumes)
        {
            folder!.RequireWhole();
        }

        ChosenStart? chosen = !ranks.IsFirst || !options.StartIsOpen ? null : resumes ? Checkpoint.ReadInfo(folder!.Last).Chosen : StartingWeights.Choose(options, data, device, log);
        options = options with { Weights = chosen?.Weights ?? options.Weights };
        string? source = !ranks.IsFirst ? null : resumes ? folder!.Last : options.Weights;
        WeightsDescription? start = source is null ? null : WeightsDescription.Of(source, options.Architecture, log, larger: !resumes);
        ResNeXtArchitecture architecture = start?.Architecture ?? ResNeXtArchitecture.Parse(options.Architecture ?? "resnext50_32x4d");
        OnnxExporter.RequireRoom(architecture, Math.Max(1, data.Labels.Count));
        ImagePreprocessing preprocessing = start?.Preprocessing ?? OnnxExporter.DefaultPreprocessing(architecture);
        preprocessing = preprocessing.Scaled(options.ImageSize ?? preprocessing.ImageSize);
        preprocessing = preprocessing with { ResizeSize = options.Resize ?? preprocessing.ResizeSize };
        preprocessing = ranks.IsFirst ? preprocessing.Validated() : preprocessing; // the others have not looked into the weights, and take what rank 0 found
        IReadOnlyDictionary<string, string> settings = folder is { Resumes: true } ? (start!.Info ?? Checkpoint.ReadInfo(folder.Last)).Settings : new Dictionary<string, string>();
        string? begun = folder is { Resumes: true } ? settings.GetValueOrDefault(RunSettings.Precision, RunSettings.Off) : null;
        bool amp = MixedPrecision.IsOn(options.Amp, begun, device.type, MixedPrecision.HasInstructions);
        var info = new CheckpointInfo
        {
            Architecture = architecture.Name,
            Labels = data.Labels,
            Preprocessing = preprocessing,
            Epoch = 0,
            BestEpoch = 0,
            BestTop1 = -1,
            Settings = new Dictionary<string, string>(settings) { [RunSettings.Precision] = RunSettings.PrecisionOf(amp) },
            Chosen = chosen,
        };
        CheckpointInfo network = info.Shared(ranks);
        options = options with { Weights = network.Chosen?.Weights ?? options.Weights };
        (architecture, preprocessing) = (ResNeXtArchitecture.Parse(network.Architecture), network.Preprocessing);
        bool batchIsGiven = options.BatchSize is not null;
        options = RunSettings.Resumed(options with { Amp = options.Amp ?? network.Settings[RunSettings.Precision] != RunSettings.Off }, network.Settings);
        int batch = options.BatchSize ?? options.Defaults(architecture, data.Training.Count).BatchSize;
        var plan = new EpochPlan(data.Training, batch, options.ClassBalanced, ranks);
        int perRank = (plan.ImageCount + ranks.Count - 1) / ranks.Count;
        if (batch * ranks.Count > plan.ImageCount)
        {
            (batchIsGiven ? log : null)?.Invoke($"A batch of {batch * ranks.Count} is more than the {plan.ImageCount} training images: each update takes all of them.");
            batch = perRank;
            plan = new EpochPlan(data.Training, batch, options.ClassBalanced, ranks);
        }

        if (!ranks.IsAlone && plan.ImageCount / plan.BatchCount / ranks.Count < SmallestPart)
        {
            throw new InvalidDataException($"Batches of {batch} images a rank are too small for {ranks.Count} ranks and {plan.ImageCount} training images: expected at least {SmallestPart} images of each batch on every rank.");
        }

        options = (options with { BatchSize = batch }).For(architecture, preprocessing, data.Training.Count, largestUpdate: perRank);
        info = info with { Architecture = architecture.Name, Preprocessing = preprocessing, Settings = RunSettings.Of(options, data), Chosen = network.Chosen };
        if (info.Chosen?.Reason(options.Data.Count, architecture.Name, options, resumes) is string reason)
        {
            log?.Invoke(reason);
        }

        ranks.RequireSame(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', info.Settings.Select(pair => $"{pair.Key}={pair.Value}").Concat(info.Labels).Append($"{typeof(TrainingState).Module.ModuleVersionId}"))))), "options, images and build");
        if (folder is { Resumes: true })
        {
            // A kill may have come between the best epoch's file and the last one's: the former says itself what it holds.
            CheckpointInfo best = Checkpoint.ReadInfo(folder.Best);
            info = info.Resumed(start!.Info ?? Checkpoint.ReadInfo(folder.Last), folder.Last) with { BestEpoch = best.BestEpoch, BestTop1 = best.BestTop1, BestError = best.BestError };
        }

        info = info.Shared(ranks);
        if (MixedPrecision.Note(options.Amp is true, begun, device.type, MixedPrecision.HasInstructions) is string note)
        {
            log?.Invoke(note);
        }

        TrainingState state = BeginWeights();
        try
        {
            state.Share();
            return state;
        }
        catch
        {
            state.Dispose();
            throw;
        }

        // libtorch draws weights from one generator for the whole process: runs that begin at once take turns. Nothing later draws from it.
        TrainingState BeginWeights()
        {
            lock (Generator)
            {
                manual_seed(options.Seed);
                var created = new TrainingState(NewModule(info, device), options, info, folder, plan, ranks);
                try
                {
                    created.Load(start, log);
                    return created;
                }
                catch
                {
                    created.Dispose();
                    throw;
                }
            }
        }
    }

    /// <summary>Readies the network for learning: what is frozen keeps its statistics, too.</summary>
    public void Train()
    {
        Module.train();
        foreach ((string name, nn.Module part) in Module.named_modules())
        {
            if (part is BatchNorm && !TrainedParameter.IsTrained(name, Module, Options, Info.Epoch))
            {
                part.eval();
            }
        }

        foreach ((string name, Parameter parameter) in Module.named_parameters())
        {
            parameter.requires_grad = TrainedParameter.IsTrained(name, Module, Options, Info.Epoch);
        }
    }

    /// <summary>Makes the statistics of batch normalisation, which each rank has of its own images, the mean of all ranks'.</summary>
    public void AverageStatistics()
    {
        if (_ranks.IsAlone)
        {
            return;
        }

        using var noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using Scalar share = (1.0 / _ranks.Count).ToScalar();
        BatchNorm[] norms = [.. Module.modules().OfType<BatchNorm>()], averaged = [.. Average?.Module.modules().OfType<BatchNorm>() ?? []];
        foreach (BatchNorm norm in norms.Concat(averaged).Where((_, i) => norms[i % norms.Length].training))
        {
            foreach (Tensor statistic in (Tensor[])[norm.running_mean, norm.running_var])
            {
                _ranks.Sum(statistic);
                statistic.mul_(share);
            }
        }
    }

    /// <summary>Counts an epoch and saves it, as the best one, too, if it is. Rank 0 alone writes.</summary>
    /// <exception cref="InvalidDataException">The ranks' weights are no longer the same.</exception>
    public void EndEpoch(EpochMetrics row)
    {
        _ranks.RequireSame(_ranks.IsAlone ? "" : Digest(), "weights");
        bool labelled = !Info.Labels.SequenceEqual(DataSplit.Unlabelled);
        bool best = labelled ? row.ValTop1 > Info.BestTop1 : !(row.ValFeatureError >= Info.BestError);
        Info = Info with
        {
            Epoch = row.Epoch,
            BestEpoch = best ? row.Epoch : Info.BestEpoch,
            BestTop1 = best ? row.ValTop1 : Info.BestTop1,
            BestError = labelled ? null : best ? row.ValFeatureError : Info.BestError,
            History = [.. Info.History, row],
        };
        if (_folder is not RunFolder folder)
        {
            return;
        }

        if (best)
        {
            Checkpoint.Save(folder.Best, Info, Evaluated);
        }

        using DisposeScope scope = NewDisposeScope();
        if (Options.KeepCheckpoints > 1)
        {
            Checkpoint.Save(folder.OfEpoch(row.Epoch), Info, Module, Saved());
        }

        Checkpoint.Save(folder.Last, Info, Module, Saved());
        folder.Prune(row.Epoch, Options.KeepCheckpoints);
        HistoryFiles.Write(folder.Directory, Info.History);
    }

    public void Dispose()
    {
        Average?.Dispose();
        Optimizer.Dispose();
        Projection?.Dispose();
        Module.Dispose();
    }

    private static ResNeXtModule NewModule(CheckpointInfo info, Device device)
    {
        var module = new ResNeXtModule(ResNeXtArchitecture.Parse(info.Architecture), info.Labels.Count);
        module.to(device);
        return module;
    }

    private static Linear? NewProjection(ResNeXtModule module, TrainOptions options) =>
        options.TaughtBy is { Width: > 0 and int width } ? nn.Linear(module.Architecture.FeatureWidth, width, device: module.conv1.weight!.device) : null;

    private void Load(WeightsDescription? start, Action<string>? log)
    {
        using DisposeScope scope = NewDisposeScope();
        if (Options.ZeroInitResidual)
        {
            Module.ZeroLastGammas();
        }

        if (_folder is { Resumes: true })
        {
            Checkpoint.Load(_folder.Last, Module, Saved());
        }
        else if (start is not null)
        {
            // The head only where it is for the same classes.
            bool replaceHead = start.Labels is null || !start.Labels.SequenceEqual(Info.Labels);
            if (start.Smaller is { } smaller)
            {
                Grow(start.Path, smaller, replaceHead, log);
            }
            else
            {
                Checkpoint.Load(start.Path, Module, except: name => replaceHead && Checkpoint.IsHead(name));
            }

            if (replaceHead)
            {
                log?.Invoke($"The last layer is new, for {Info.Labels.Count} classes: '{start.Path}' {start.Head}.");
            }
        }
    }

    /// <summary>Begins as a smaller network: what is new in this one adds nothing to what that one computes.</summary>
    private void Grow(string path, ResNeXtArchitecture smaller, bool replaceHead, Action<string>? log)
    {
        using var noGradient = no_grad();
        using var from = new ResNeXtModule(smaller, Info.Labels.Count);
        Checkpoint.Load(path, from, except: name => replaceHead && Checkpoint.IsHead(name));
        ResNeXtArchitecture network = Module.Architecture;
        string[] blocks = [.. network.BlocksBeyond(smaller)];
        int paths = network.Cardinality - smaller.Cardinality;
        string[] beginAtZero = [.. blocks.Select(block => block + ".bn3"), .. paths > 0 ? Module.Blocks.Except(blocks).Select(block => block + ".conv3") : []];
        if (beginAtZero.FirstOrDefault(layer => !TrainedParameter.IsTrained(layer, Module, Options)) is string idle)
        {
            log?.Invoke($"warning: '{idle}' holds new weights that are 0 and frozen: they learn nothing. Let all layers learn, and their batch normalisation, or leave out the larger architecture.");
        }

        Dictionary<string, Tensor> mine = Module.state_dict();
        foreach (string layer in beginAtZero)
        {
            mine[layer + ".weight"].zero_();
        }

        foreach ((string name, Tensor value) in from.state_dict().Where(pair => !(replaceHead && Checkpoint.IsHead(pair.Key))))
        {
            Tensor target = mine[name];
            for (int dimension = 0; dimension < value.dim(); dimension++)
            {
                target = target.narrow(dimension, 0, value.shape[dimension]);
            }

            target.copy_(value);
        }

        string[] news =
        [
            .. blocks.Length > 0 ? [FormattableString.Invariant($"{blocks.Length} blocks, which pass their input on")] : Array.Empty<string>(),
            .. paths > 0 ? [FormattableString.Invariant($"{paths} {(paths == 1 ? "path" : "paths")} in each block, which add{(paths == 1 ? "s" : "")} nothing yet")] : Array.Empty<string>(),
        ];
        log?.Invoke($"'{path}' holds '{smaller.Name}': '{Info.Architecture}' begins as that network. New are {string.Join(", and ", news)}.");
    }

    /// <summary>Gives all ranks what rank 0 has.</summary>
    private void Share()
    {
        if (!_ranks.IsAlone)
        {
            using DisposeScope scope = NewDisposeScope();
            _ranks.Broadcast([.. Module.state_dict().Values, .. Saved().Select(state => state.Value)]);
        }

        foreach (BatchNorm norm in Module.modules().OfType<BatchNorm>())
        {
            norm.IsSynchronized = Options.SyncBatchNorm && !_ranks.IsAlone;
        }
    }

    private string Digest()
    {
        using DisposeScope scope = NewDisposeScope();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (Tensor tensor in Module.state_dict().Values.Concat(Saved().Select(state => state.Value)))
        {
            hash.AppendData(tensor.detach().cpu().contiguous().bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private IEnumerable<(string Name, Tensor Value)> Saved() =>
    [
        .. Optimizer.State,
        .. Named(Checkpoint.TeacherPrefix, Projection),
        .. Named(Checkpoint.AveragePrefix, Average?.Module),
        .. Named(Checkpoint.AveragePrefix + Checkpoint.TeacherPrefix, Average?.Projection),
    ];

    private static IEnumerable<(string Name, Tensor Value)> Named(string prefix, nn.Module? module) =>
        module?.state_dict().Select(pair => (prefix + pair.Key, pair.Value)) ?? [];
}
