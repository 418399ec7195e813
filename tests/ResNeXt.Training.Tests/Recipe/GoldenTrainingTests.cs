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

    private readonly ResNeXtModule _module = new(ResNeXtArchitecture.Parse("resnext11_4x4d_cifar"), Classes);
    private readonly PixelNormalization _normalization;

    public GoldenTrainingTests()
    {
        FormulaWeights.Fill(_module);
        _normalization = new PixelNormalization(OnnxExporter.DefaultPreprocessing(_module.Architecture), CPU);
        _module.train();
    }

    [Fact]
    public void Step_TwentySteps_HaveThePyTorchLosses()
    {
        using var optimizer = new NesterovSgd(_module, 0.9, 1e-4);

        AssertLosses("sgd", step => Trainer.Step(_module, optimizer, _normalization, Batch(step), 0.01));
    }

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

    private static void AssertLosses(string recipe, Func<int, double> step)
    {
        double[] losses = [.. Enumerable.Range(0, Steps).Select(step)];
        double[] expected = [.. Goldens.GetProperty(recipe).EnumerateArray().Select(loss => loss.GetDouble())];
        double error = losses.Zip(expected, (loss, golden) => Math.Abs((loss / golden) - 1)).Max();
        TestContext.Current.TestOutputHelper?.WriteLine($"{recipe}: largest relative difference {error:G3}");
        Assert.InRange(error, 0, 1e-4);
    }

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
