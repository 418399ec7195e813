using System.Text.Json;
using ResNeXt.MLNet;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ResNeXt.Training.Tests;

/// <summary>One step with a teacher is PyTorch's: every loss, and the gradients of all of them (<c>make_goldens.py</c>).</summary>
public sealed class GoldenDistillationTests : IDisposable
{
    private const int BatchSize = 16, Classes = 10, Channels = 6, Edge = 8;

    private static readonly JsonElement Goldens = JsonDocument.Parse(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Distillation", "Goldens", "distillation.json"))).RootElement;

    private static readonly TrainOptions All = new()
    {
        Data = [],
        Out = "",
        Teacher = "teacher.onnx",
        DistillFeatures = 10,
        DistillMaps = 2,
        DistillLogits = 0.5,
        DistillTemperature = 3,
        LabelWeight = 0.7,
        LabelSmoothing = 0.1,
    };

    private static readonly TeacherStatistics Statistics = new(
        [.. Units("teacher mean", Channels).Select(unit => (double)unit)],
        [.. Units("teacher std", Channels).Select(unit => 1.5 + unit)],
        [.. Units("teacher place std", Channels).Select(unit => 2.5 + unit)]);

    private readonly ResNeXtModule _module = new(ResNeXtArchitecture.Parse("resnext11_4x4d_cifar"), Classes);
    private readonly Linear _projection = nn.Linear(1024, Channels);
    private readonly PixelNormalization _normalization;

    public GoldenDistillationTests()
    {
        FormulaWeights.Fill(_module);
        _normalization = new PixelNormalization(OnnxExporter.DefaultPreprocessing(_module.Architecture), CPU);
        _module.train();
        using var noGradient = no_grad();
        _projection.weight!.copy_(tensor([.. Units("teacher.weight", Channels * 1024).Select(unit => unit / 32)], Channels, 1024));
        _projection.bias!.copy_(tensor(Units("teacher.bias", Channels)));
    }

    [Theory]
    [InlineData("features")]
    [InlineData("maps")]
    [InlineData("logits")]
    public void Forward_OneLoss_IsThePyTorchOne(string loss)
    {
        TrainOptions options = All with { DistillFeatures = loss == "features" ? 1 : 0, DistillMaps = loss == "maps" ? 1 : 0, DistillLogits = loss == "logits" ? 1 : 0 };
        using var distillation = new Distillation(options, _projection, Statistics, CPU, ScalarType.Float64);
        _module.to(ScalarType.Float64);
        _projection.to(ScalarType.Float64);

        using DisposeScope scope = NewDisposeScope();
        (_, Tensor actual) = distillation.Forward(_module, Pixels(), Batch().Taught!);

        double golden = Goldens.GetProperty(loss).GetDouble();
        Assert.Equal(golden, actual.item<double>(), 1e-7 * golden);
    }

    // In float64, as the gradients without a teacher: GoldenTrainingTests says why.
    [Fact]
    public void Forward_AllLosses_HaveThePyTorchGradients()
    {
        using var distillation = new Distillation(All, _projection, Statistics, CPU, ScalarType.Float64);
        _module.to(ScalarType.Float64);
        _projection.to(ScalarType.Float64);
        using DisposeScope scope = NewDisposeScope();
        (Tensor logits, Tensor taught) = distillation.Forward(_module, Pixels(), Batch().Taught!);

        Tensor total = taught + (nn.functional.cross_entropy(logits, tensor(Batch().Labels), label_smoothing: 0.1) * 0.7);
        total.backward();

        Assert.Equal(Goldens.GetProperty("total").GetDouble(), total.item<double>(), 1e-6);
        (string Name, Parameter Value)[] parameters = [.. _module.named_parameters(), .. _projection.named_parameters().Select(pair => ($"teacher.{pair.name}", pair.parameter))];
        Assert.Equal(Goldens.GetProperty("gradients").EnumerateObject().Count(), parameters.Length);
        Assert.All(parameters, parameter =>
        {
            JsonElement golden = Goldens.GetProperty("gradients").GetProperty(parameter.Name);
            double[] values = parameter.Value.grad!.contiguous().data<double>().ToArray();
            double[] expected = [.. golden.GetProperty("sample").EnumerateArray().Select(value => value.GetDouble())];
            double tolerance = 1e-5 * golden.GetProperty("largest").GetDouble();
            Assert.All(expected.Select((value, i) => (value, values[i * 7919 % values.Length])), pair => Assert.Equal(pair.value, pair.Item2, tolerance));
        });
    }

    /// <summary>In float32, as a run computes it: every loss is of the order of 1, so 1e-5 of the sum is rounding.</summary>
    [Fact]
    public void Backward_StepOfARun_HasThePyTorchLossAndUpdatesTheLayer()
    {
        using var distillation = new Distillation(All, _projection, Statistics, CPU);
        TrainOptions options = All with { WeightDecay = 1e-4 };
        using var optimizer = new NesterovSgd([.. TrainedParameter.Of(_module, options), .. TrainedParameter.OfProjection(_projection, options)], 0.9);
        using var step = new TrainingStep(_module, optimizer, null, _normalization, options, projection: _projection, distillation: distillation);
        using Tensor before = _projection.weight!.clone();
        using var running = new RunningMetrics(deferred: false);

        step.Backward(Batch(), running);
        running.Read(newest: true);
        step.Update(0.01, 0);

        double golden = Goldens.GetProperty("total").GetDouble();
        Assert.Equal(golden, running.Loss, 1e-5 * golden);
        Assert.False(before.equal(_projection.weight!).all().item<bool>());
        Assert.Equal((1e-4, 0.0), (OfTeacher("teacher.weight"), OfTeacher("teacher.bias")));

        double OfTeacher(string name) => TrainedParameter.OfProjection(_projection, options).Single(parameter => parameter.Name == name).WeightDecay;
    }

    public void Dispose()
    {
        _module.Dispose();
        _projection.Dispose();
        _normalization.Dispose();
    }

    private Tensor Pixels() => _normalization.Apply(Batch().Pixels).to(ScalarType.Float64);

    private static LabeledBatch Batch()
    {
        byte[] pixels = [.. FormulaWeights.Hashes("pixels 0", BatchSize * 32 * 32 * 3).Select(hash => (byte)(hash >> 24))];
        return new LabeledBatch(pixels, [.. FormulaWeights.Hashes("labels 0", BatchSize).Select(hash => (long)(hash % Classes))])
        {
            Taught = new TeacherBatch(
                Units("teacher features", BatchSize * Channels),
                Units("teacher maps", BatchSize * Edge * Edge * Channels),
                [.. Units("teacher logits", BatchSize * Classes).Select(unit => unit * 4)]),
        };
    }

    private static float[] Units(string name, int count) => [.. FormulaWeights.Hashes(name, count).Select(hash => ((hash >> 8) * (1f / (1 << 23))) - 1)];
}
