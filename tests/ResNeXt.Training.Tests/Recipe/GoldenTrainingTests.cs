using System.Text.Json;
using ResNeXt.MLNet;
using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training.Tests;

/// <summary>Training is PyTorch's: same weights, same batches, same losses (<c>make_goldens.py</c>).</summary>
public sealed class GoldenTrainingTests : IDisposable
{
    private const int Steps = 20, BatchSize = 16, Classes = 10;

    private static readonly JsonElement Goldens = JsonDocument.Parse(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Recipe", "Goldens", "training.json"))).RootElement;

    private static readonly TrainOptions None = new() { Data = [], Out = "" };

    private readonly ResNeXtModule _module = new(ResNeXtArchitecture.Parse("resnext11_4x4d_cifar"), Classes);
    private readonly PixelNormalization _normalization;

    public GoldenTrainingTests()
    {
        FormulaWeights.Fill(_module);
        _normalization = new PixelNormalization(OnnxExporter.DefaultPreprocessing(_module.Architecture), CPU);
        _module.train();
    }

    [Fact]
    public void Step_Sgd_HasThePyTorchLossesAndAverages()
    {
        using var average = new WeightAverage(_module, new ResNeXtModule(_module.Architecture, Classes), 0.9);
        AssertLosses("sgd", new NesterovSgd(TrainedParameter.All(_module, 1e-4), 0.9), 0.01, None, average);

        using DisposeScope scope = NewDisposeScope();
        Dictionary<string, Tensor> averages = average.Module.state_dict();
        Assert.All(Goldens.GetProperty("averages").EnumerateObject(), golden =>
            AssertSample(golden.Value, averages[golden.Name], 1e-4 * golden.Value.GetProperty("largest").GetDouble()));
    }

    [Fact]
    public void Step_SmoothingClippingAndDecayOfWeightsAlone_HasThePyTorchLosses()
    {
        TrainOptions options = None with { LabelSmoothing = 0.1, ClipGradNorm = 0.5, NormWeightDecay = 0, WeightDecay = 0.05 };

        AssertLosses("sgd, smoothing 0.1, norm 0.5, decay 0.05 but of norms", new NesterovSgd(TrainedParameter.Of(_module, options), 0.9), 0.01, options);
    }

    [Fact]
    public void Step_AdamW_HasThePyTorchLosses()
    {
        TrainOptions options = None with { NormWeightDecay = 0, WeightDecay = 0.5 };

        AssertLosses("adamw", new AdamW(TrainedParameter.Of(_module, options)), 1e-4, options);
    }

    [Fact]
    public void OneCycle_TwentySteps_HasThePyTorchRates() =>
        Assert.All(Golden("one cycle").Index(), rate => Assert.Equal(rate.Item, LearningRateSchedule.OneCycle(rate.Index, Steps, 0.3 * Steps, 0.1), 1e-9));

    // In float64: in float32 one ReLU whose input is zero but for rounding changes a gradient by 1e-4. Of the largest in each tensor.
    [Fact]
    public void Backward_FirstStep_HasThePyTorchGradients()
    {
        using DisposeScope scope = NewDisposeScope();
        LabeledBatch batch = Batch(0);
        _module.to(ScalarType.Float64);
        Tensor logits = _module.forward(_normalization.Apply(batch.Pixels).to(ScalarType.Float64));
        nn.functional.cross_entropy(logits, tensor(batch.Labels)).backward();

        Assert.All(_module.named_parameters(), pair =>
        {
            JsonElement golden = Goldens.GetProperty("gradients").GetProperty(pair.name);
            AssertSample(golden, pair.parameter.grad!, 1e-5 * golden.GetProperty("largest").GetDouble());
        });
    }

    public void Dispose()
    {
        _module.Dispose();
        _normalization.Dispose();
    }

    private void AssertLosses(string recipe, Optimizer optimizer, double rate, TrainOptions options, WeightAverage? average = null)
    {
        var step = new TrainingStep(_module, optimizer, average, _normalization, options);
        double error = 0;
        foreach ((int i, double golden) in Golden(recipe).Index())
        {
            using var running = new RunningMetrics(deferred: i % 2 == 1); // both ways of adding up
            step.Backward(Batch(i), running);
            running.Read(newest: true);
            error = Math.Max(error, Math.Abs((running.Loss / golden) - 1));
            step.Update(rate, i);
        }

        optimizer.Dispose();
        TestContext.Current.TestOutputHelper?.WriteLine($"{recipe}: largest relative difference {error:G3}");
        Assert.InRange(error, 0, 1e-4);
    }

    private static double[] Golden(string name) => [.. Goldens.GetProperty(name).EnumerateArray().Select(value => value.GetDouble())];

    private static void AssertSample(JsonElement golden, Tensor tensor, double tolerance)
    {
        double[] values = tensor.to(ScalarType.Float64).contiguous().data<double>().ToArray();
        double[] expected = [.. golden.GetProperty("sample").EnumerateArray().Select(value => value.GetDouble())];
        Assert.All(expected.Select((value, i) => (value, values[i * 7919 % values.Length])), pair => Assert.Equal(pair.value, pair.Item2, tolerance));
    }

    /// <summary>Four batches by the formula, over and over.</summary>
    private static LabeledBatch Batch(int step)
    {
        byte[] pixels = [.. FormulaWeights.Hashes($"pixels {step % 4}", BatchSize * 32 * 32 * 3).Select(hash => (byte)(hash >> 24))];
        return new LabeledBatch(pixels, [.. FormulaWeights.Hashes($"labels {step % 4}", BatchSize).Select(hash => (long)(hash % Classes))]);
    }
}
