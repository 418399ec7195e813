using System.Diagnostics;
using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training;

/// <summary>
/// Trains a ResNeXt on labelled images: SGD with Nesterov momentum, warm-up and cosine, random crops and flips,
/// channels-last. Keeps the best and the last epoch, and exports the best as ONNX.
/// </summary>
/// <param name="options">What to train on, and how.</param>
/// <param name="progress">Told after every step, on the training thread.</param>
/// <param name="log">Told in a sentence each what was decided about the weights.</param>
public sealed class Trainer(TrainOptions options, Action<TrainProgress>? progress = null, Action<string>? log = null)
{
    private readonly TrainOptions _options = options.Validated();

    /// <summary>Runs the training, the validation after each epoch and the export.</summary>
    /// <param name="cancellation">Stops between two steps; what was saved stays, <see cref="TrainOptions.Resume"/> goes on from it.</param>
    /// <exception cref="InvalidDataException">An image, a folder or a checkpoint is not what it should be; the message names it.</exception>
    /// <exception cref="WeightsMismatchException">The weights are not those of the network; the message lists every difference.</exception>
    /// <exception cref="IOException">A folder is missing, or the result cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public TrainResult Run(CancellationToken cancellation = default)
    {
        Device device = TorchDevice.Of(_options.Device);
        HeapMemory.KeepFreed();
        DataSplit data = _options.Val is null
            ? DataSplit.HoldOut(_options.Data, _options.ValSplit, _options.Seed)
            : DataSplit.Given(_options.Data, _options.Val);
        var paths = new RunFolder(_options.Out, _options.Resume);

        // The network, and where its training stands.
        string? source = paths.Resumes ? paths.Last : _options.Weights;
        WeightsDescription? start = source is null ? null : WeightsDescription.Of(source, _options.Architecture, log);
        CheckpointInfo? saved = start?.Info;
        manual_seed(_options.Seed);
        ResNeXtArchitecture architecture = start?.Architecture ?? ResNeXtArchitecture.Parse(_options.Architecture ?? "resnext50_32x4d");
        ImagePreprocessing preprocessing = start?.Preprocessing ?? OnnxExporter.DefaultPreprocessing(architecture);
        preprocessing = preprocessing.Scaled(_options.ImageSize ?? preprocessing.ImageSize);
        double weightDecay = _options.WeightDecay ?? (architecture.Stem == ResNeXtStem.Cifar ? 5e-4 : 1e-4);
        double? cropScale = _options.CropScale ?? (architecture.Stem == ResNeXtStem.Cifar ? null : 0.08);
        var info = new CheckpointInfo
        {
            Architecture = architecture.Name,
            Labels = data.Labels,
            Preprocessing = preprocessing,
            Settings = Settings(data, preprocessing, weightDecay, cropScale),
            Epoch = 0,
            BestEpoch = 0,
            BestTop1 = -1,
        };
        using var module = new ResNeXtModule(architecture, data.Labels.Count);
        module.to(device);
        using var optimizer = new NesterovSgd(module, _options.Momentum, weightDecay);
        if (paths.Resumes)
        {
            info = info.Resumed(saved ?? Checkpoint.ReadInfo(paths.Last), paths.Last);
            Checkpoint.Load(paths.Last, module, optimizer);
        }
        else if (start is not null)
        {
            // The head only where it is for the same classes.
            bool replaceHead = start.Labels is null || !start.Labels.SequenceEqual(data.Labels);
            Checkpoint.Load(start.Path, module, replaceHead: replaceHead);
            if (replaceHead)
            {
                log?.Invoke($"The last layer is new, for {data.Labels.Count} classes: '{start.Path}' {start.Head}.");
            }
        }

        // The images.
        Augmentation augmentation = Augmentation.Of(preprocessing, cropScale) with
        {
            AutoAugment = _options.AutoAugment,
            ColorJitter = new ColorJitter(_options.ColorJitter, _options.ColorJitter, _options.ColorJitter),
            RandomErase = _options.RandomErase,
        };
        var evaluation = new ImagePreprocessor(preprocessing);
        var training = new BatchLoader(data.Training, preprocessing, _options.BatchSize, augmentation.Process);
        var validation = new BatchLoader(data.Validation, preprocessing, _options.BatchSize, (image, _, target) => evaluation.Process(image, target));
        using var normalization = new PixelNormalization(preprocessing, device);
        Drain(validation, cancellation);

        // The epochs.
        int steps = training.BatchCount;
        long warmup = (long)Math.Round(WarmupEpochs * steps);
        var clock = new Stopwatch();
        long trained = 0;
        while (info.Epoch < _options.Epochs)
        {
            int epoch = info.Epoch;
            var state = new TrainProgress { Epoch = epoch + 1, Epochs = _options.Epochs, Step = 0, Steps = steps, Loss = 0, LearningRate = 0, ImagesPerSecond = 0 };
            var epochClock = Stopwatch.StartNew();
            double lossSum = 0;
            int seen = 0;
            module.train();
            clock.Start();
            foreach (LabeledBatch batch in training.Epoch(Seed.Of(_options.Seed, epoch), cancellation))
            {
                double rate = LearningRateSchedule.WarmupCosine(((long)epoch * steps) + state.Step, (long)_options.Epochs * steps, warmup, BaseRate);
                lossSum += Step(module, optimizer, normalization, batch, rate) * batch.Labels.Length;
                seen += batch.Labels.Length;
                state = state with { Step = state.Step + 1, Loss = lossSum / seen, LearningRate = rate, ImagesPerSecond = seen / epochClock.Elapsed.TotalSeconds };
                RequireFinite(state);
                progress?.Invoke(state);
            }

            clock.Stop();
            trained += seen;
            ClassificationMetrics metrics = Validate(module, normalization, validation, cancellation);
            bool best = metrics.Top1 > info.BestTop1;
            info = info with { Epoch = epoch + 1, BestEpoch = best ? epoch + 1 : info.BestEpoch, BestTop1 = best ? metrics.Top1 : info.BestTop1 };
            if (best)
            {
                Checkpoint.Save(paths.Best, info, module);
            }

            Checkpoint.Save(paths.Last, info, module, optimizer);
            progress?.Invoke(state with { Validation = metrics });
        }

        // The result.
        cancellation.ThrowIfCancellationRequested();
        Checkpoint.Load(paths.Best, module);
        module.to(CPU);
        OnnxExporter.Export(module, OnnxExporter.Describe(module, info.Labels, info.Preprocessing), paths.Model, cancellation: cancellation);
        return new TrainResult
        {
            Checkpoint = paths.Best,
            Model = paths.Model,
            Epochs = info.Epoch,
            BestEpoch = info.BestEpoch,
            ValTop1 = info.BestTop1,
            ImagesPerSecond = trained == 0 ? 0 : trained / clock.Elapsed.TotalSeconds,
        };
    }

    private double WarmupEpochs => _options.WarmupEpochs ?? Math.Min(_options.Epochs * 0.1, 5);

    private double BaseRate => _options.LearningRate ?? 0.1 * _options.BatchSize / 256 * (_options.Weights is null ? 1 : 0.1);

    /// <summary>Forward, backward, update. Nothing of it stays but the loss.</summary>
    internal static double Step(ResNeXtModule module, NesterovSgd optimizer, PixelNormalization normalization, LabeledBatch batch, double learningRate)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = normalization.Apply(batch.Pixels);
        Tensor labels = tensor(batch.Labels, device: x.device);
        Tensor loss = nn.functional.cross_entropy(module.forward(x), labels);
        optimizer.ZeroGradients();
        loss.backward();
        optimizer.Step(learningRate);
        return loss.item<float>();
    }

    private static ClassificationMetrics Validate(ResNeXtModule module, PixelNormalization normalization, BatchLoader images, CancellationToken cancellation)
    {
        module.eval();
        using var noGradient = no_grad();
        var sum = new MetricsAccumulator();
        foreach (LabeledBatch batch in images.Epoch(seed: null, cancellation))
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor logProbabilities = nn.functional.log_softmax(module.forward(normalization.Apply(batch.Pixels)), 1).cpu();
            ReadOnlySpan<float> values = logProbabilities.data<float>().ToArray();
            for (int i = 0; i < batch.Labels.Length; i++)
            {
                sum.Add(values.Slice(i * module.Classes, module.Classes), (int)batch.Labels[i]);
            }
        }

        return sum.Metrics;
    }

    /// <summary>Reads every validation image once: one that cannot be read must not cost the first epoch.</summary>
    private static void Drain(BatchLoader images, CancellationToken cancellation)
    {
        foreach (LabeledBatch _ in images.Epoch(seed: null, cancellation))
        {
        }
    }

    /// <summary>What a resumed run must share with the run that it goes on with.</summary>
    private Dictionary<string, string> Settings(DataSplit data, ImagePreprocessing preprocessing, double weightDecay, double? cropScale) => new()
    {
        ["image size"] = Text(preprocessing.ImageSize),
        ["number of epochs"] = Text(_options.Epochs),
        ["batch size"] = Text(_options.BatchSize),
        ["learning rate"] = Text(BaseRate),
        ["number of warm-up epochs"] = Text(WarmupEpochs),
        ["momentum"] = Text(_options.Momentum),
        ["weight decay"] = Text(weightDecay),
        ["crop scale"] = cropScale is double scale ? Text(scale) : "none",
        ["automatic augmentation"] = _options.AutoAugment.ToString(),
        ["colour jitter"] = Text(_options.ColorJitter),
        ["random erasing"] = Text(_options.RandomErase),
        ["seed"] = Text(_options.Seed),
        ["number of training images"] = Text(data.Training.Count),
        ["number of validation images"] = Text(data.Validation.Count),
    };

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);

    private static void RequireFinite(TrainProgress state)
    {
        if (!double.IsFinite(state.Loss))
        {
            throw new InvalidOperationException(FormattableString.Invariant(
                $"The loss is {state.Loss} in epoch {state.Epoch}, step {state.Step}: the training diverged at learning rate {state.LearningRate:G3}. Try a smaller one."));
        }
    }
}
