using System.Diagnostics;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ResNeXt.Training;

/// <summary>
/// Trains a ResNeXt on labelled images, channels-last. Keeps the best and the last epoch, exports the best as ONNX and writes a report of the run.
/// </summary>
/// <param name="options">What to train on, and how.</param>
/// <param name="progress">Told after every step, on the training thread.</param>
/// <param name="log">Told in a sentence each what was decided about the weights, what is doubtful about the images, and what became of a stopped run.</param>
public sealed class Trainer(TrainOptions options, Action<TrainProgress>? progress = null, Action<string>? log = null)
{
    private readonly TrainOptions _options = options.Validated().WithoutUselessLabels();

    /// <summary>The processes that train together. All but rank 0 are quiet and write nothing.</summary>
    internal RankGroup Ranks { get; init; } = RankGroup.Alone;

    /// <summary>Told what the run is about to do, in lines for people; null where nobody looks, which spares the look at the speed.</summary>
    internal Action<string>? Plan { get; init; }

    /// <summary>Runs the training, the validation after each epoch and the export.</summary>
    /// <param name="cancellation">Stops between two steps. After one epoch or more the best so far is exported; <see cref="TrainOptions.Resume"/> goes on.</param>
    /// <exception cref="InvalidDataException">An image, a folder or a checkpoint is not what it should be; the message names it.</exception>
    /// <exception cref="WeightsMismatchException">The weights are not those of the network; the message lists every difference.</exception>
    /// <exception cref="IOException">A folder is missing, or the result cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public TrainResult Run(CancellationToken cancellation = default)
    {
        Device device = TorchDevice.Of(_options.Device);
        InferenceSessionFactory.AvailableProviders(); // the model is proven at the end: what that needs must be there from the beginning
        HeapMemory.KeepFreed();
        DataSplit data = DataSplit.Of(_options);
        using Teacher? teacher = _options.Teacher is null ? null : Teacher.Open(_options, data.Labels);
        using Tensor? classWeights = _options.ClassWeights?.Of(data, device);
        using RunFolder? paths = Ranks.IsFirst ? new RunFolder(_options.Out, _options.Resume) : null;
        using TrainingState state = TrainingState.Begin(teacher?.Options ?? _options, data, paths, device, log, Ranks);
        if (paths is not null)
        {
            HistoryFiles.Write(paths.Directory, state.Info.History); // a kill may have come between checkpoint and history
        }

        // Ranks stop together, between two updates: one that stopped by itself would be waited for.
        CancellationToken alone = Ranks.IsAlone ? cancellation : CancellationToken.None;
        using var normalization = new PixelNormalization(state.Info.Preprocessing, device);
        using var images = new RunImages(state, data, normalization, log, Ranks, teacher, alone);
        var clock = new Stopwatch();
        long trained = 0;
        try
        {
            if (!state.IsDone)
            {
                if (Plan is Action<string> tell)
                {
                    TrainingPlan.Of(state, data, device, Ranks).Lines().ToList().ForEach(tell);
                }

                images.Prepare(
                    paths?.FeatureCache ?? Path.Combine(Path.GetTempPath(), $"resnext-features-{Guid.NewGuid():N}"),
                    Path.GetFullPath(_options.TeacherCache ?? Path.Combine(_options.Out, "teacher")));
            }

            using Distillation? distillation = teacher is null ? null : new Distillation(state.Options, state.Projection, teacher.Statistics, device);
            using var step = new TrainingStep(state.Module, state.Optimizer, state.Average, normalization, state.Options, classWeights, Ranks, state.Projection, distillation);

            while (!state.IsDone)
            {
                state.Train();
                clock.Start();
                var epoch = Stopwatch.StartNew();
                TrainProgress last = state.Options.Optimizer == OptimizerKind.Lbfgs ? Solve(state, data, images.Training, alone) : Epoch(state, step, images.Training, alone, cancellation);
                state.AverageStatistics();
                clock.Stop();
                trained += images.Training.ImageCount;
                (ClassificationMetrics metrics, double? error) = Validate(state.Evaluated, state.EvaluatedProjection, normalization, distillation, images.Validation, alone);
                Divergence.Refuse(metrics.Loss + (error ?? 0), last, state.Options.LearningRate!.Value);
                var ended = EpochMetrics.Of(last, metrics, error, epoch.Elapsed);
                state.EndEpoch(ended);
                progress?.Invoke(last with { Validation = data.HasLabels ? metrics : null, Metrics = ended });
            }

            alone.ThrowIfCancellationRequested();
        }
        catch (OperationCanceledException) when (state.Info.Epoch > 0 && paths is not null)
        {
            Export(state, paths);
            log?.Invoke(FormattableString.Invariant(
                $"Stopped after epoch {state.Info.Epoch} of {state.Options.Epochs}. '{paths.Model}' is epoch {state.Info.BestEpoch}, the best so far ({state.Info.BestText}). Resume the run (--resume) to go on."));
            throw;
        }

        // The result: the model first, which nothing that tells of it may cost.
        if (paths is not null)
        {
            Export(state, paths);
        }

        return new TrainResult
        {
            Checkpoint = paths?.Best ?? "",
            Model = paths?.Model ?? "",
            Report = _options.Report && data.HasLabels && paths is not null ? WriteReport(new ReportBuilder(state, data, images.Unshared, normalization), paths, cancellation) : null,
            Epochs = state.Info.Epoch,
            BestEpoch = state.Info.BestEpoch,
            ValTop1 = state.Info.BestTop1,
            ValFeatureError = state.Info.History.LastOrDefault(row => row.Epoch == state.Info.BestEpoch)?.ValFeatureError,
            FromFeatures = images.Training is CachedFeatures,
            ImagesPerSecond = trained == 0 ? 0 : trained / clock.Elapsed.TotalSeconds,
        };
    }

    private static void Export(TrainingState state, RunFolder paths)
    {
        Checkpoint.Load(paths.Best, state.Module);
        state.Module.to(CPU);
        OnnxExporter.Export(state.Module, OnnxExporter.Describe(state.Module, state.Info.Labels, state.Info.Preprocessing), paths.Model, new ExportOptions { ActivationMaps = state.Options.ActivationMaps });
    }

    /// <returns>Where it is; null when something went wrong, which is said and costs the page alone.</returns>
    private string? WriteReport(ReportBuilder builder, RunFolder paths, CancellationToken cancellation)
    {
        try
        {
            string page = ReportPage.Render(builder.Build(cancellation));
            AtomicFile.WriteText(paths.Report, page);
            return paths.Report;
        }
        catch (OperationCanceledException)
        {
            log?.Invoke($"Stopped before the report was written. '{paths.Model}' is the whole run's; resume it (--resume) for the report.");
            throw;
        }
#pragma warning disable CA1031 // whatever goes wrong, the model is there
        catch (Exception exception)
#pragma warning restore CA1031
        {
            log?.Invoke($"warning: There is no report: {FailureMessage.Of(exception)} The model is not touched by this. Resume the run (--resume) to try again.");
            return null;
        }
    }

    /// <summary>One pass over the training images.</summary>
    private TrainProgress Epoch(TrainingState state, TrainingStep step, IBatchSource training, CancellationToken alone, CancellationToken cancellation)
    {
        TrainOptions recipe = state.Options;
        int epoch = state.Info.Epoch, seed = Seed.Of(recipe.Seed, epoch), batches = training.BatchCount, together = recipe.GradAccumSteps;
        int updates = state.UpdatesPerEpoch;
        var report = new TrainProgress { Epoch = epoch + 1, Epochs = recipe.Epochs!.Value, Step = 0, Steps = batches, Loss = 0, LearningRate = 0, ImagesPerSecond = 0, Classes = state.Module.Classes, FromFeatures = training is CachedFeatures };
        var clock = Stopwatch.StartNew();
        using var running = new RunningMetrics(deferred: state.Module.conv1.weight!.device_type != DeviceType.CPU);
        int seen = 0;
        bool mixes = recipe.MixupAlpha > 0 || recipe.CutmixAlpha > 0 || state.Module.Classes == 1; // no one class, or but one
        var waiting = new Stopwatch();
        foreach (LabeledBatch batch in training.Epoch(seed, alone).Watched(waiting))
        {
            (int group, int position) = Math.DivRem(report.Step, together);
            int inGroup = Math.Min(together, batches - (group * together));
            long update = ((long)epoch * updates) + group;
            double rate = LearningRateSchedule.At(update, (long)recipe.Epochs * updates, recipe) * (recipe.ScaleLearningRate ? Ranks.Count : 1);

            BatchMix? mix = TrainingStep.Mix(recipe, state.Info.Preprocessing.ImageSize, seed, report.Step);
            step.Backward(batch, running, mix, inGroup);
            seen += batch.LabelsOfAllRanks.Length;
            if (position + 1 == inGroup && step.Update(rate, update, stop: !Ranks.IsAlone && cancellation.IsCancellationRequested))
            {
                throw new OperationCanceledException("A rank was asked to stop.", cancellation);
            }

            running.Read(newest: report.Step + 1 == batches);
            report = report with
            {
                Step = report.Step + 1,
                Loss = running.Loss,
                Top1 = mixes ? null : running.Top1,
                LearningRate = rate,
                ImagesPerSecond = seen / clock.Elapsed.TotalSeconds,
                DataWait = waiting.Elapsed / clock.Elapsed,
            };
            if (Ranks.IsAlone)
            {
                Divergence.Refuse(report.Loss, report, recipe.LearningRate!.Value);
            }

            progress?.Invoke(report);
        }

        running.Share(Ranks);
        return report with { Loss = running.Loss, Top1 = mixes ? null : running.Top1 };
    }

    /// <summary>The epoch of a head that is solved. All ranks have all features; what they would make of them may differ in the last bit, so rank 0 alone does.</summary>
    private TrainProgress Solve(TrainingState state, DataSplit data, IBatchSource training, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var report = new TrainProgress { Epoch = 1, Epochs = 1, Step = 1, Steps = 1, Loss = 0, LearningRate = 0, ImagesPerSecond = 0, Classes = state.Module.Classes, FromFeatures = true };
        using var noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor weight = state.Module.fc.weight!, bias = state.Module.fc.bias!;
        double[] seen = [0, 0];
        if (Ranks.IsFirst)
        {
            HeadSolution head = HeadSolver.Solve(training.Epoch(seed: null, cancellation), state.Module.Architecture.FeatureWidth, state.Options, data, cancellation);
            weight.copy_(tensor(head.Weight).view(weight.shape));
            bias.copy_(tensor(head.Bias));
            seen = [head.Loss, head.Top1];
        }

        Ranks.Broadcast([weight, bias]);
        Ranks.Sum(seen);
        report = report with { Loss = seen[0], Top1 = seen[1], ImagesPerSecond = training.ImageCount / clock.Elapsed.TotalSeconds };
        progress?.Invoke(report);
        return report;
    }

    /// <returns>How the classes are met, nothing where there are none; and how far the features are from the teacher's.</returns>
    private (ClassificationMetrics Metrics, double? FeatureError) Validate(
        ResNeXtModule module, Linear? projection, PixelNormalization normalization, Distillation? distillation, IBatchSource images, CancellationToken cancellation)
    {
        module.eval();
        using var noGradient = no_grad();
        var sum = new MetricsAccumulator();
        double[] errors = [0, 0]; // their sum, and how many images it is of
        foreach (LabeledBatch batch in images.Epoch(seed: null, cancellation))
        {
            using DisposeScope scope = NewDisposeScope();
            (Tensor logits, Tensor? error) = distillation is null
                ? (BatchLogits.Of(module, batch, normalization), null)
                : distillation.Validate(module, projection, normalization.Apply(batch.Pixels), batch.Taught!);
            Tensor logProbabilities = nn.functional.log_softmax(logits, 1).cpu();
            if (error is not null)
            {
                errors[0] += (double)error.cpu().item<float>() * batch.Labels.Length;
                errors[1] += batch.Labels.Length;
            }

            ReadOnlySpan<float> values = logProbabilities.data<float>().ToArray();
            for (int i = 0; i < batch.Labels.Length; i++)
            {
                sum.Add(values.Slice(i * module.Classes, module.Classes), (int)batch.Labels[i]);
            }
        }

        sum.Share(Ranks);
        Ranks.Sum(errors);
        ClassificationMetrics metrics = sum.Metrics;
        return (module.Classes == 1 ? metrics with { Top1 = 0, Top5 = 0, Loss = 0 } : metrics, errors[1] > 0 ? errors[0] / errors[1] : null);
    }
}
