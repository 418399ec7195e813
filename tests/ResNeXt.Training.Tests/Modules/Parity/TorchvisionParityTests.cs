using System.Text.Json;
using ResNeXt.MLNet;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ResNeXt.Training.Tests;

/// <summary>The networks are torchvision's: same weights, same pixels, same numbers at every stage.</summary>
public sealed class TorchvisionParityTests(Shapes shapes)
{
    // Of the largest value. Both sides add up thousands of float32 products in orders of their own; measured 7e-8 to 1.4e-6.
    private const double Tolerance = 1e-5;

    private static readonly Dictionary<string, Golden> Goldens = JsonSerializer.Deserialize<Dictionary<string, Golden>>(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Modules", "Parity", "Goldens", "parity.json")), JsonSerializerOptions.Web)!;

    [Theory]
    [InlineData("resnet50", false)]
    [InlineData("resnext50_32x4d", false)]
    [InlineData("resnext101_32x4d", false)]
    [InlineData("resnext101_32x8d", false)]
    [InlineData("resnext101_64x4d", false)]
    [InlineData("resnext152_32x4d", false)]
    [InlineData("resnext20_8x16d_cifar", true)]
    public void Forward_WeightsByFormula_EqualsTorchvision(string name, bool exported)
    {
        ResNeXtArchitecture architecture = ResNeXtArchitecture.Parse(name);
        bool cifar = architecture.Stem == ResNeXtStem.Cifar;
        using var module = new ResNeXtModule(architecture, cifar ? 10 : 1000);
        FormulaWeights.Fill(module);
        module.eval();
        ImagePreprocessing preprocessing = OnnxExporter.DefaultPreprocessing(architecture).Scaled(cifar ? 32 : 64);
        byte[] pixels = FormulaWeights.Pixels(preprocessing.ImageSize);

        AssertEqual(name, Run(module, preprocessing, pixels));
        if (exported)
        {
            AssertEqual(name, RunExported(module, preprocessing, pixels));
        }
    }

    private static void AssertEqual(string network, Dictionary<string, float[]> outputs) => Assert.All(outputs, output =>
    {
        (string key, float[] values) = output;
        Golden golden = Goldens[$"{network} {key}"];
        double tolerance = Tolerance * golden.Largest;
        Assert.All(golden.Sample.Select((expected, i) => (expected, values[i * 7919 % values.Length])), pair => Assert.Equal(pair.expected, pair.Item2, tolerance));
        double mean = values.Average(value => (double)value);
        Assert.Equal(golden.Mean, mean, tolerance);
        Assert.Equal(golden.Std, Math.Sqrt(values.Average(value => (value - mean) * (value - mean))), tolerance);
        Assert.Equal(golden.Largest, values.Max(value => Math.Abs((double)value)), tolerance);
    });

    private static Dictionary<string, float[]> Run(ResNeXtModule module, ImagePreprocessing preprocessing, byte[] pixels)
    {
        using var noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using var normalization = new PixelNormalization(preprocessing, CPU);
        Tensor x = normalization.Apply(pixels);
        var outputs = new Dictionary<string, float[]> { ["features"] = Values(module.Features(x)), ["logits"] = Values(module.forward(x)) };
        x = module.bn1.forward(module.conv1.forward(x)).relu();
        x = module.Architecture.Stem == ResNeXtStem.ImageNet ? nn.functional.max_pool2d(x, 3, 2, 1) : x;
        for (int stage = 0; stage < module.Stages.Count; stage++)
        {
            x = module.Stages[stage].forward(x);
            outputs.Add(ResNeXtMetadata.StageName(stage), Values(x));
        }

        return outputs;
    }

    private Dictionary<string, float[]> RunExported(ResNeXtModule module, ImagePreprocessing preprocessing, byte[] pixels)
    {
        string path = shapes.NewPath(".onnx");
        string[] labels = [.. Enumerable.Range(0, module.Classes).Select(number => $"{number}")];
        OnnxExporter.Export(module, OnnxExporter.Describe(module, labels, preprocessing), path, new ExportOptions { Stages = true });
        using ResNeXtModel model = ResNeXtModel.Load(path, ExecutionDevice.Cpu);
        var batch = new TensorBatch(1, preprocessing.ImageSize);
        batch.Set(0, pixels);
        string[] names = ["features", "logits", .. Enumerable.Range(0, module.Stages.Count).Select(ResNeXtMetadata.StageName)];
        return names.Zip(model.Run(batch, 1, names)[0]).ToDictionary();
    }

    private static float[] Values(Tensor tensor) => tensor.contiguous().data<float>().ToArray();

    /// <summary>A sample of an output by the stride 7919, and what sums it up.</summary>
    private sealed record Golden(double[] Sample, double Largest, double Mean, double Std);
}
