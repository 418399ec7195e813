using System.Diagnostics;
using ResNeXt.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Benchmarks;

/// <summary>
/// Training steps with the weights and pixels channels-last, as the trainer lays them out, against TorchSharp's default layout of the
/// same network: forward, backward and update, the two in turn, medians.
/// </summary>
internal static class LayoutBenchmark
{
    private const int WarmupSteps = 2;

    private static readonly (string Architecture, int ImageSize, int BatchSize, int Steps)[] Cases =
    [
        ("resnext14_8x4d", 32, 128, 15),
        ("resnext14_8x4d", 96, 32, 9),
        ("resnext20_8x4d_cifar", 32, 64, 7),
        ("resnext50_32x4d", 224, 8, 5),
    ];

    public static void Run(string file)
    {
        TorchLibrary.Load();
        var table = new List<string>
        {
            "| network | pixels | batch | default layout, images/s | channels-last, images/s | ratio |",
            "|---|---|---|---|---|---|",
        };
        foreach ((string architecture, int imageSize, int batchSize, int steps) in Cases)
        {
            (double plain, double channelsLast) = Measure(architecture, imageSize, batchSize, steps);
            table.Add(FormattableString.Invariant($"| {architecture} | {imageSize} | {batchSize} | {plain:F1} | {channelsLast:F1} | {channelsLast / plain:F2} |"));
            Console.WriteLine(table[^1]);
        }

        BenchmarkReport.Write(file, "Training: channels-last against TorchSharp's default layout", "layout", table);
    }

    private static (double Plain, double ChannelsLast) Measure(string name, int imageSize, int batchSize, int steps)
    {
        using var plain = new Contender(name, imageSize, batchSize, channelsLast: false);
        using var ours = new Contender(name, imageSize, batchSize, channelsLast: true);
        var plainSeconds = new List<double>();
        var ourSeconds = new List<double>();
        for (int step = 0; step < WarmupSteps + steps; step++)
        {
            double plainStep = plain.Step();
            double ourStep = ours.Step();
            if (step >= WarmupSteps)
            {
                plainSeconds.Add(plainStep);
                ourSeconds.Add(ourStep);
            }
        }

        return (batchSize / Median(plainSeconds), batchSize / Median(ourSeconds));
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    /// <summary>One network with its data in one of the two layouts.</summary>
    private sealed class Contender : IDisposable
    {
        private readonly ResNeXtModule _module;
        private readonly NesterovSgd _optimizer;
        private readonly Tensor _x;
        private readonly Tensor _labels;

        public Contender(string name, int imageSize, int batchSize, bool channelsLast)
        {
            using DisposeScope scope = NewDisposeScope();
            manual_seed(0);
            _module = new ResNeXtModule(ResNeXtArchitecture.Parse(name), 10);
            Tensor x = randn(batchSize, 3, imageSize, imageSize);
            _x = (channelsLast ? ChannelsLast.From(x) : x).DetachFromDisposeScope();
            _labels = randint(0, 10, [batchSize]).DetachFromDisposeScope();
            if (!channelsLast)
            {
                UseDefaultLayout(_module);
            }

            _module.train();
            _optimizer = new NesterovSgd(_module, momentum: 0.9, weightDecay: 1e-4);
        }

        public double Step()
        {
            var clock = Stopwatch.StartNew();
            using DisposeScope scope = NewDisposeScope();
            Tensor loss = nn.functional.cross_entropy(_module.forward(_x), _labels);
            _optimizer.ZeroGradients();
            loss.backward();
            _optimizer.Step(0.01);
            return clock.Elapsed.TotalSeconds;
        }

        public void Dispose()
        {
            _optimizer.Dispose();
            _module.Dispose();
            _x.Dispose();
            _labels.Dispose();
        }

        private static void UseDefaultLayout(ResNeXtModule module)
        {
            using var noGradient = no_grad();
            foreach (Tensor parameter in module.parameters().Where(parameter => parameter.dim() == 4))
            {
                parameter.set_(parameter.contiguous());
            }
        }
    }
}
