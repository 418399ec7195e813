using System.Diagnostics;
using ResNeXt.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Benchmarks;

/// <summary>Some training steps on random pixels, timed.</summary>
internal static class TrainingSteps
{
    private const int WarmupSteps = 2;
    private const double Seconds = 4;

    /// <returns>Images a second, from the median step.</returns>
    public static double Measure(TrainingWay way, string architecture, int imageSize, int batchSize)
    {
        TorchLibrary.Load();
        if (way is TrainingWay.Trainer or TrainingWay.BFloat16)
        {
            HeapMemory.KeepFreed();
        }

        manual_seed(0);
        using var module = new ResNeXtModule(ResNeXtArchitecture.Parse(architecture), 10);
        using Tensor pixels = randn(batchSize, 3, imageSize, imageSize);
        Tensor x = way == TrainingWay.Default ? pixels.alias() : ChannelsLast.From(pixels);
        using Tensor labels = randint(0, 10, [batchSize]);
        if (way == TrainingWay.Default)
        {
            UseDefaultLayout(module);
        }

        module.train();
        using var optimizer = new NesterovSgd(TrainedParameter.All(module, weightDecay: 1e-4), momentum: 0.9);
        var steps = new List<double>();
        var clock = Stopwatch.StartNew();
        while (steps.Count < WarmupSteps + 3 || clock.Elapsed.TotalSeconds < Seconds)
        {
            steps.Add(Step(module, optimizer, x, labels, way == TrainingWay.BFloat16));
        }

        return batchSize / steps.Skip(WarmupSteps).Order().ElementAt((steps.Count - WarmupSteps) / 2);
    }

    private static double Step(ResNeXtModule module, Optimizer optimizer, Tensor x, Tensor labels, bool amp)
    {
        var clock = Stopwatch.StartNew();
        using DisposeScope scope = NewDisposeScope();
        Tensor loss = nn.functional.cross_entropy(module.forward(amp ? x.to(ScalarType.BFloat16) : x), labels);
        optimizer.ZeroGradients();
        loss.backward();
        optimizer.Step(0.01, 0);
        return clock.Elapsed.TotalSeconds;
    }

    private static void UseDefaultLayout(ResNeXtModule module)
    {
        using var noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        foreach (Tensor parameter in module.parameters().Where(parameter => parameter.dim() == 4))
        {
            parameter.set_(parameter.contiguous());
        }
    }
}
