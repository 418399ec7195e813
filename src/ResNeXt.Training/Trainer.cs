using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training;

/// <summary>
/// Trains a ResNeXt on labelled images, channels-last. Keeps the best and the last epoch, and exports the best as ONNX.
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
        DataSplit data = DataSplit.Of(_options);
        using Tensor? classWeights = _options.ClassWeights?.Of(data, device);
        using var paths = new RunFolder(_options.Out, _options.Resume);
        using TrainingState state = TrainingState.Begin(_options, data, paths, device, log);

        // The images.
        ImagePreprocessing preprocessing = state.Info.Preprocessing;
        var evaluation = new ImagePreprocessor(preprocessing);
        int batchSize = state.Options.BatchSize;
        var training = new BatchLoader(data.Training, preprocessing, batchSize, Augmentation.Of(state.Options, preprocessing), state.Options.ClassBalanced);
        var validation = new BatchLoader(data.Validation, preprocessing, batchSize, (image, _, target) => evaluation.Process(image, target));
        using var normalization = new PixelNormalization(preprocessing, device);
        using CachedFeatures? trainingFeatures = state.IsDone || !HasConstantInput(state.Options)
            ? null
            : new CachedFeatures(state.Module, normalization, training, data.Training, state.Plan, paths.FeatureCache, cancellation);
        using CachedFeatures? validationFeatures = state.IsDone || state.Options.Trainable != TrainableLayers.Head
            ? null
            : new CachedFeatures(state.Module, normalization, validation, data.Validation, new EpochPlan(data.Validation, batchSize), paths.FeatureCache, cancellation);
        if (!state.IsDone && validationFeatures is null)
        {
            Drain(validation, cancellation);
        }

        // The epochs.
        var step = new TrainingStep(state.Module, state.Optimizer, state.Average, normalization, state.Options, classWeights);
        var clock = new Stopwatch();
        long trained = 0;
        while (!state.IsDone)
        {
            state.Train();
            clock.Start();
            TrainProgress last = Epoch(state, step, trainingFeatures ?? (IBatchSource)training, cancellation);
            clock.Stop();
            trained += training.ImageCount;
            ClassificationMetrics metrics = Validate(state.Evaluated, normalization, validationFeatures ?? (IBatchSource)validation, cancellation);
            state.EndEpoch(metrics);
            progress?.Invoke(last with { Validation = metrics });
        }

        // The result.
        cancellation.ThrowIfCancellationRequested();
        Checkpoint.Load(paths.Best, state.Module);
        state.Module.to(CPU);
        OnnxExporter.Export(state.Module, OnnxExporter.Describe(state.Module, data.Labels, preprocessing), paths.Model, cancellation: cancellation);
        return new TrainResult
        {
            Checkpoint = paths.Best,
            Model = paths.Model,
            Epochs = state.Info.Epoch,
            BestEpoch = state.Info.BestEpoch,
            ValTop1 = state.Info.BestTop1,
            ImagesPerSecond = trained == 0 ? 0 : trained / clock.Elapsed.TotalSeconds,
        };
    }

    /// <summary>One pass over the training images.</summary>
    private TrainProgress Epoch(TrainingState state, TrainingStep step, IBatchSource training, CancellationToken cancellation)
    {
        TrainOptions recipe = state.Options;
        int epoch = state.Info.Epoch, seed = Seed.Of(recipe.Seed, epoch), batches = training.BatchCount, together = recipe.GradAccumSteps;
        int updates = state.UpdatesPerEpoch;
        var report = new TrainProgress { Epoch = epoch + 1, Epochs = recipe.Epochs, Step = 0, Steps = batches, Loss = 0, LearningRate = 0, ImagesPerSecond = 0 };
        var clock = Stopwatch.StartNew();
        using var loss = new RunningLoss(deferred: state.Module.conv1.weight!.device_type != DeviceType.CPU);
        int seen = 0;
        foreach (LabeledBatch batch in training.Epoch(seed, cancellation))
        {
            (int group, int position) = Math.DivRem(report.Step, together);
            int inGroup = Math.Min(together, batches - (group * together));
            long update = ((long)epoch * updates) + group;
            double rate = LearningRateSchedule.At(update, (long)recipe.Epochs * updates, recipe);

            // Chance of a batch comes from numbers below 0, that of its images from 0 on.
            var mix = BatchMix.Draw(recipe.MixupAlpha, recipe.CutmixAlpha, state.Info.Preprocessing.ImageSize, new Random(Seed.Of(seed, -1 - report.Step)));
            step.Backward(batch, loss, mix, inGroup);
            seen += batch.Labels.Length;
            if (position + 1 == inGroup)
            {
                step.Update(rate, update);
            }

            bool last = report.Step + 1 == batches;
            report = report with { Step = report.Step + 1, Loss = loss.Mean(newest: last), LearningRate = rate, ImagesPerSecond = seen / clock.Elapsed.TotalSeconds };
            RequireFinite(report);
            progress?.Invoke(report);
        }

        return report;
    }

    /// <summary>Whether no chance comes between the training images and the last layer, which alone learns.</summary>
    private static bool HasConstantInput(TrainOptions options) =>
        options is { Trainable: TrainableLayers.Head, NoAugmentation: true, MixupAlpha: 0, CutmixAlpha: 0 };

    private static ClassificationMetrics Validate(ResNeXtModule module, PixelNormalization normalization, IBatchSource images, CancellationToken cancellation)
    {
        module.eval();
        using var noGradient = no_grad();
        var sum = new MetricsAccumulator();
        foreach (LabeledBatch batch in images.Epoch(seed: null, cancellation))
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor logProbabilities = nn.functional.log_softmax(BatchLogits.Of(module, batch, normalization), 1).cpu();
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

    private static void RequireFinite(TrainProgress state)
    {
        if (!double.IsFinite(state.Loss))
        {
            throw new InvalidOperationException(FormattableString.Invariant(
                $"The loss is {state.Loss} in epoch {state.Epoch}, step {state.Step}: the training diverged at learning rate {state.LearningRate:G3}. Try a smaller one."));
        }
    }
}
