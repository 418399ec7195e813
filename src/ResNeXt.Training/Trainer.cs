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
        DataSplit data = _options.Val is null
            ? DataSplit.HoldOut(_options.Data, _options.ValSplit, _options.Seed, _options.Labels)
            : DataSplit.Given(_options.Data, _options.Val, _options.Labels);
        using Tensor? classWeights = _options.ClassWeights is ClassWeights weights ? tensor(weights.For(data), device: device) : null;
        var paths = new RunFolder(_options.Out, _options.Resume);
        using TrainingState state = TrainingState.Begin(_options, data, paths, device, log);

        // The images.
        ImagePreprocessing preprocessing = state.Info.Preprocessing;
        var evaluation = new ImagePreprocessor(preprocessing);
        var training = new BatchLoader(data.Training, preprocessing, _options.BatchSize, AugmentationOf(state.Options, preprocessing).Process);
        var validation = new BatchLoader(data.Validation, preprocessing, _options.BatchSize, (image, _, target) => evaluation.Process(image, target));
        using var normalization = new PixelNormalization(preprocessing, device);
        if (!state.IsDone)
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
            TrainProgress last = Epoch(state, step, training, cancellation);
            clock.Stop();
            trained += data.Training.Count;
            ClassificationMetrics metrics = Validate(state.Evaluated, normalization, validation, cancellation);
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
    private TrainProgress Epoch(TrainingState state, TrainingStep step, BatchLoader training, CancellationToken cancellation)
    {
        TrainOptions recipe = state.Options;
        int epoch = state.Info.Epoch, seed = Seed.Of(recipe.Seed, epoch), batches = training.BatchCount, together = recipe.GradAccumSteps;
        int updates = (batches + together - 1) / together;
        var report = new TrainProgress { Epoch = epoch + 1, Epochs = recipe.Epochs, Step = 0, Steps = batches, Loss = 0, LearningRate = 0, ImagesPerSecond = 0 };
        var clock = Stopwatch.StartNew();
        double lossSum = 0;
        int seen = 0;
        foreach (LabeledBatch batch in training.Epoch(seed, cancellation))
        {
            (int group, int position) = Math.DivRem(report.Step, together);
            int inGroup = Math.Min(together, batches - (group * together));
            long update = ((long)epoch * updates) + group;
            double rate = LearningRateSchedule.At(update, (long)recipe.Epochs * updates, recipe);

            // Chance of a batch comes from numbers below 0, that of its images from 0 on.
            var mix = BatchMix.Draw(recipe.MixupAlpha, recipe.CutmixAlpha, state.Info.Preprocessing.ImageSize, new Random(Seed.Of(seed, -1 - report.Step)));
            lossSum += step.Backward(batch, mix, inGroup) * batch.Labels.Length;
            seen += batch.Labels.Length;
            if (position + 1 == inGroup)
            {
                step.Update(rate, update);
            }

            report = report with { Step = report.Step + 1, Loss = lossSum / seen, LearningRate = rate, ImagesPerSecond = seen / clock.Elapsed.TotalSeconds };
            RequireFinite(report);
            progress?.Invoke(report);
        }

        return report;
    }

    private static Augmentation AugmentationOf(TrainOptions options, ImagePreprocessing preprocessing) => Augmentation.Of(preprocessing, options.CropScale) with
    {
        AutoAugment = options.AutoAugment,
        ColorJitter = new ColorJitter(options.ColorJitter, options.ColorJitter, options.ColorJitter),
        Lighting = options.Lighting,
        RandomErase = options.RandomErase,
    };

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

    private static void RequireFinite(TrainProgress state)
    {
        if (!double.IsFinite(state.Loss))
        {
            throw new InvalidOperationException(FormattableString.Invariant(
                $"The loss is {state.Loss} in epoch {state.Epoch}, step {state.Step}: the training diverged at learning rate {state.LearningRate:G3}. Try a smaller one."));
        }
    }
}
