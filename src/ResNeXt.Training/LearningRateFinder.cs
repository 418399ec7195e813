using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training;

/// <summary>
/// Looks for a good learning rate before a run (Smith 2017): trains for a hundred updates while the rate rises from 1e-7 to 10, and watches the
/// loss. Leaves nothing behind.
/// </summary>
/// <param name="options">The run that the rate is for; its own rate, epochs and folder do not matter.</param>
/// <param name="progress">Told after every update: how many are done of how many.</param>
/// <param name="log">Told in a sentence each what was decided about the weights.</param>
public sealed class LearningRateFinder(TrainOptions options, Action<int, int>? progress = null, Action<string>? log = null)
{
    // Those of fastai's lr_find.
    private const double First = 1e-7, Last = 10, Divergence = 4;
    private const int Updates = 100;

    private readonly TrainOptions _options = options.Teacher is null
        ? (options with { Resume = false }).Validated()
        : throw new ArgumentException($"{nameof(TrainOptions.Teacher)} is {options.Teacher}: expected none, for the rate is looked for with labels alone.");

    /// <summary>Trains and watches, until the loss is four times the smallest.</summary>
    /// <param name="cancellation">Stops between two updates.</param>
    /// <exception cref="InvalidDataException">An image or the weights are not what they should be; the message names them.</exception>
    /// <exception cref="InvalidOperationException">The loss is no number from the start, or there is no rate to look for.</exception>
    /// <exception cref="OperationCanceledException">The search was cancelled.</exception>
    public LearningRateSweep Run(CancellationToken cancellation = default)
    {
        Device device = TorchDevice.Of(_options.Device);
        HeapMemory.KeepFreed();
        DataSplit data = DataSplit.Of(_options);
        using Tensor? classWeights = _options.ClassWeights?.Of(data, device);
        using TrainingState state = TrainingState.Begin(_options, data, folder: null, device, log);
        TrainOptions recipe = state.Options;
        if (recipe.Optimizer == OptimizerKind.Lbfgs)
        {
            throw new InvalidOperationException("The head alone is solved, which takes no learning rate: there is none to look for. Name an optimizer (--opt), or train.");
        }

        ImagePreprocessing preprocessing = state.Info.Preprocessing;
        var images = new BatchLoader(data.Training, preprocessing, recipe.BatchSize!.Value, Augmentation.Of(recipe, preprocessing), recipe.ClassBalanced);
        using var normalization = new PixelNormalization(preprocessing, device);
        var step = new TrainingStep(state.Module, state.Optimizer, state.Average, normalization, recipe, classWeights);
        state.Train();

        var updates = new List<(double Rate, double Loss)>();
        double best = double.PositiveInfinity, recent = 0;
        using IEnumerator<LabeledBatch> batches = Endless(images, recipe.Seed, cancellation).GetEnumerator();
        while (updates.Count < Updates)
        {
            double rate = First * Math.Pow(Last / First, updates.Count / (Updates - 1.0));
            using var running = new RunningMetrics(deferred: false);
            for (int i = 0; i < recipe.GradAccumSteps; i++) // one batch in memory
            {
                batches.MoveNext();
                int part = (updates.Count * recipe.GradAccumSteps) + i;
                BatchMix? mix = TrainingStep.Mix(recipe, preprocessing.ImageSize, recipe.Seed, part);
                step.Backward(batches.Current, running, mix, recipe.GradAccumSteps);
            }

            running.Read(newest: true);
            double mean = running.Loss;
            recent = updates.Count == 0 ? mean : (0.5 * recent) + (0.5 * mean); // one bad batch is no divergence
            best = Math.Min(best, recent);
            if (!double.IsFinite(mean) || recent > Divergence * best)
            {
                break;
            }

            step.Update(rate, updates.Count);
            updates.Add((rate, mean));
            progress?.Invoke(updates.Count, Updates);
        }

        return updates.Count > 0
            ? LearningRateSweep.Of(updates)
            : throw new InvalidOperationException(FormattableString.Invariant($"The loss is {recent} before the first update: expected a number. The weights or the images are at fault, not the learning rate."));
    }

    private static IEnumerable<LabeledBatch> Endless(BatchLoader images, int seed, CancellationToken cancellation)
    {
        for (int epoch = 0; ; epoch++)
        {
            foreach (LabeledBatch batch in images.Epoch(Seed.Of(seed, epoch), cancellation))
            {
                yield return batch;
            }
        }
    }
}
