using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training;

/// <summary>What an image takes on this machine.</summary>
/// <param name="MultiplyAdds">Those of the network that it was measured with.</param>
/// <param name="StepSeconds">Forward, backward and update, for an image of a batch.</param>
/// <param name="ForwardSeconds">Forward alone.</param>
/// <param name="PhotoSeconds">Reading, decoding and preparing an image, with all cores at it.</param>
internal sealed record TrainingSpeed(long MultiplyAdds, double StepSeconds, double ForwardSeconds, double PhotoSeconds)
{
    /// <summary>A batch of a small network has about so many multiply-adds at least: more would not be any faster.</summary>
    private const double EnoughMultiplyAdds = 4e9;

    private const int SmallestBatch = 4, MostSteps = 12, Photos = 64;

    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(0.6), LongestDecoding = TimeSpan.FromSeconds(0.4);

    /// <summary>The same on a network of other multiply-adds, which the time goes with.</summary>
    public TrainingSpeed For(long multiplyAdds)
    {
        double factor = (double)multiplyAdds / MultiplyAdds;
        return new TrainingSpeed(multiplyAdds, StepSeconds * factor, ForwardSeconds * factor, PhotoSeconds);
    }

    /// <summary>
    /// Trains a network of that kind, thrown away afterwards, on noise, and prepares some of the photos: about a second, two with a large network.
    /// </summary>
    /// <param name="architecture">The network.</param>
    /// <param name="preprocessing">Its input.</param>
    /// <param name="options">The options of the run, resolved.</param>
    /// <param name="data">Its images.</param>
    /// <param name="device">Where it computes.</param>
    public static TrainingSpeed Measure(
        ResNeXtArchitecture architecture, ImagePreprocessing preprocessing, TrainOptions options, DataSplit data, Device device)
    {
        long multiplyAdds = ArchitectureSummary.Of(architecture, preprocessing.ImageSize, data.Labels.Count).MultiplyAdds;
        int largest = options.BatchSize!.Value, batch = (int)Math.Clamp(EnoughMultiplyAdds / multiplyAdds, Math.Min(SmallestBatch, largest), largest);
        double step = SecondsOfStep(architecture, preprocessing, options, data.Labels.Count, batch, device) / batch;

        // Backward takes twice the time of forward, and is short where the head alone learns.
        double forward = options.Trainable == TrainableLayers.Head ? step : step / 3;
        return new TrainingSpeed(multiplyAdds, step, forward, SecondsOfPhoto(data.Training, preprocessing, options));
    }

    private static double SecondsOfStep(
        ResNeXtArchitecture architecture, ImagePreprocessing preprocessing, TrainOptions options, int classes, int batch, Device device)
    {
        using DisposeScope scope = NewDisposeScope();
        using var module = new ResNeXtModule(architecture, classes);
        module.to(device);
        module.train();
        using var optimizer = Optimizer.Of(TrainedParameter.Of(module, options), options);
        using var normalization = new PixelNormalization(preprocessing, device);
        byte[] pixels = new byte[batch * preprocessing.ImageSize * preprocessing.ImageSize * RgbImage.Channels];
        new Random(0).NextBytes(pixels);
        var images = new LabeledBatch(pixels, [.. Enumerable.Range(0, batch).Select(i => (long)i % classes)]);

        Step(); // the first one makes kernels and takes memory
        var times = new List<double>();
        while (times.Count < MostSteps && times.Sum() < Enough.TotalSeconds)
        {
            long start = Stopwatch.GetTimestamp();
            Step();
            times.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return times.Order().ElementAt(times.Count / 2); // the machine may do something else for a moment

        void Step()
        {
            using DisposeScope inner = NewDisposeScope();
            Tensor logits = BatchLogits.Of(module, images, normalization, amp: options.Amp is true);
            Tensor loss = nn.functional.cross_entropy(logits, tensor(images.Labels, device: device));
            loss.backward();
            optimizer.Step(learningRate: 0, 0);
            optimizer.ZeroGradients();
            loss.item<float>(); // waits for the device
        }
    }

    private static double SecondsOfPhoto(IReadOnlyList<Sample> samples, ImagePreprocessing preprocessing, TrainOptions options)
    {
        PrepareImage prepare = Augmentation.Of(options, preprocessing);
        Prepare(0); // the first one loads the decoder
        int count = Math.Min(Photos, samples.Count), done = 0;
        var clock = Stopwatch.StartNew();
        ParallelWork.For(
            count,
            i =>
            {
                if (clock.Elapsed < LongestDecoding)
                {
                    Prepare((int)((long)i * samples.Count / count));
                    Interlocked.Increment(ref done);
                }
            },
            CancellationToken.None);
        return clock.Elapsed.TotalSeconds / done;

        void Prepare(int index)
        {
            try
            {
                using RgbImage image = ImageDecoder.DecodeFile(samples[index].Path, preprocessing.Orientation);
                prepare(image, new Random(index), new byte[preprocessing.ImageSize * preprocessing.ImageSize * RgbImage.Channels]);
            }
            catch (Exception exception) when (UnreadableImages.IsReason(exception))
            {
                // Whoever looks over the images says so.
            }
        }
    }
}
