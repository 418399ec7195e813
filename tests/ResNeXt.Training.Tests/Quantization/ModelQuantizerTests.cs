using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using ResNeXt.MLNet;

namespace ResNeXt.Training.Tests;

public sealed class ModelQuantizerTests(Shapes shapes, TrainedModel trained)
{
    private string[] Paths => [.. shapes.Images.Select(image => image.ImagePath)];

    [Fact]
    public void Quantize_TrainedModel_ComputesNearlyTheSameInAQuarterOfTheFile()
    {
        string output = shapes.NewPath(".onnx");

        QuantizationReport report = ModelQuantizer.Quantize(trained.Result.Model, output, Paths);

        using ResNeXtModel quantized = ResNeXtModel.Load(output), full = ResNeXtModel.Load(trained.Result.Model);
        Assert.Equal(ModelPrecision.Int8, quantized.Metadata.Precision);
        Assert.InRange((double)new FileInfo(output).Length / new FileInfo(trained.Result.Model).Length, 0.2, 0.35);
        Assert.InRange(report.Overall.MeanCosine, 0.995, 0.99999999);
        Assert.Equal(12, report.Overall.Images);
        Assert.Equal(
            Evaluator.Evaluate(full, shapes.Images, _ => Assert.Fail("skipped"), (_, _) => { }, default).Loss,
            Evaluator.Evaluate(quantized, shapes.Images, _ => Assert.Fail("skipped"), (_, _) => { }, default).Loss,
            0.05);
    }

    [Fact]
    public void Quantize_Auto_TakesTheMethodNearestToTheFloatModel()
    {
        QuantizationReport report = ModelQuantizer.Quantize(trained.Result.Model, shapes.NewPath(".onnx"), Paths);

        Assert.Equal(4, report.Methods.Count);
        Assert.Equal(report.Methods.MaxBy(pair => pair.Value.MeanCosine).Key, report.Method);
        Assert.Equal(report.Methods[report.Method], report.Overall);
    }

    [Fact]
    public void Quantize_Report_StandsNextToTheModelAndNamesEveryLayer()
    {
        string output = shapes.NewPath(".onnx");
        QuantizationReport report = ModelQuantizer.Quantize(trained.Result.Model, output, Paths);

        using var saved = JsonDocument.Parse(File.ReadAllBytes(QuantizationReport.PathOf(output)));
        Assert.Equal(report.Layers.Count, saved.RootElement.GetProperty("layers").GetArrayLength());
        Assert.Contains(report.Layers, layer => layer.Name == "layer1.0.conv3");
        Assert.All(report.Layers, layer => Assert.InRange(layer.SignalToNoise, 15, 80));
    }

    [Fact]
    public void Quantize_KeepFloat_LeavesTheNode()
    {
        string plain = shapes.NewPath(".onnx"), kept = shapes.NewPath(".onnx");
        ModelQuantizer.Quantize(trained.Result.Model, plain, Paths, new QuantizationOptions { Method = CalibrationMethod.MinMax });
        ModelQuantizer.Quantize(trained.Result.Model, kept, Paths, new QuantizationOptions { Method = CalibrationMethod.MinMax, KeepFloat = ["layer4.0.conv1"] });

        Assert.True(new FileInfo(kept).Length > new FileInfo(plain).Length);
    }

    /// <summary>Weight decay empties filters whose normalisation still shifts: 1e-9 beside 1.</summary>
    [Fact]
    public void Quantize_FilterThatIsAllButEmpty_KeepsItsBias()
    {
        using var module = new ResNeXtModule(ResNeXtArchitecture.Parse("resnext14_2x4d"), 2);
        Checkpoint.Load(trained.Result.Checkpoint, module);
        using (var noGradient = TorchSharp.torch.no_grad())
        {
            Dictionary<string, TorchSharp.torch.Tensor> state = module.state_dict();
            state["layer1.0.bn3.weight"][0] = TorchSharp.torch.tensor(1e-9f);
            state["layer1.0.bn3.bias"][0] = TorchSharp.torch.tensor(1f);
        }

        string full = shapes.NewPath(".onnx"), output = shapes.NewPath(".onnx");
        OnnxExporter.Export(module, OnnxExporter.Describe(module, Shapes.Labels, OnnxExporter.DefaultPreprocessing(module.Architecture).Scaled(32)), full);
        ModelQuantizer.Quantize(full, output, Paths, new QuantizationOptions { Method = CalibrationMethod.MinMax });

        var model = Onnx.ModelProto.Parser.ParseFrom(File.ReadAllBytes(output));
        string bias = model.Graph.Node.First(node => node.Name == "layer1.0.conv3").Input[2];
        int steps = BitConverter.ToInt32(Values(bias + ".int32"));
        Assert.Equal(1, steps * (double)BitConverter.ToSingle(Values(bias + ".scale")), 1e-6);

        ReadOnlySpan<byte> Values(string name) => model.Graph.Initializer.First(tensor => tensor.Name == name).RawData.Span;
    }

    [Fact]
    public void Quantize_DataView_GivesTheModelOfTheFiles()
    {
        var ml = new MLContext(seed: 1);
        string files = shapes.NewPath(".onnx"), rows = shapes.NewPath(".onnx");
        var options = new QuantizationOptions { Method = CalibrationMethod.MinMax, Images = 16 };

        ModelQuantizer.Quantize(trained.Result.Model, files, Paths, options);
        ModelQuantizer.Quantize(trained.Result.Model, rows, ml.Data.LoadFromEnumerable(shapes.Images), nameof(LabeledImage.ImagePath), options);

        Assert.Equal(File.ReadAllBytes(files), File.ReadAllBytes(rows));
    }

    [Fact]
    public void Quantize_File_RunsUnchangedInStockMLNet()
    {
        string output = shapes.NewPath(".onnx");
        ModelQuantizer.Quantize(trained.Result.Model, output, Paths, new QuantizationOptions { Method = CalibrationMethod.MinMax });
        var ml = new MLContext(seed: 1);
        IDataView images = ml.Data.LoadFromEnumerable(shapes.Images.Take(3));
        var stock = ml.Transforms.LoadImages("Image", null, "ImagePath")
            .Append(ml.Transforms.ResizeImages("Image", 32, 32))
            .Append(ml.Transforms.ExtractPixels("image", "Image"))
            .Append(ml.Transforms.ApplyOnnxModel(["probabilities"], ["image"], output));

        Assert.All(stock.Fit(images).Transform(images).GetColumn<float[]>("probabilities"), row => Assert.Equal(1, row.Sum(), 1e-5));
    }

    [Fact]
    public void Quantize_QuantizedModel_IsRefused()
    {
        string output = shapes.NewPath(".onnx");
        ModelQuantizer.Quantize(trained.Result.Model, output, Paths, new QuantizationOptions { Method = CalibrationMethod.MinMax });

        var exception = Assert.Throws<InvalidDataException>(() => ModelQuantizer.Quantize(output, shapes.NewPath(".onnx"), Paths));

        Assert.Contains("Int8", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Quantize_FewerImagesThanAskedFor_IsRefused()
    {
        var exception = Assert.Throws<InvalidDataException>(() =>
            ModelQuantizer.Quantize(trained.Result.Model, shapes.NewPath(".onnx"), Paths, new QuantizationOptions { Images = 1000 }));

        Assert.Contains("48", exception.Message, StringComparison.Ordinal);
        Assert.Contains("1000", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Quantize_NoImages_IsRefused() =>
        Assert.Throws<InvalidDataException>(() => ModelQuantizer.Quantize(trained.Result.Model, shapes.NewPath(".onnx"), []));

    [Fact]
    public void Quantize_UnknownNode_IsNamed()
    {
        var options = new QuantizationOptions { KeepFloat = ["layer9"] };

        var exception = Assert.Throws<ArgumentException>(() => ModelQuantizer.Quantize(trained.Result.Model, shapes.NewPath(".onnx"), Paths, options));

        Assert.Contains("layer9", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Quantize_Cancelled_WritesNothing()
    {
        string output = shapes.NewPath(".onnx");

        Assert.ThrowsAny<OperationCanceledException>(() =>
            ModelQuantizer.Quantize(trained.Result.Model, output, Paths, cancellation: new CancellationToken(canceled: true)));

        Assert.False(File.Exists(output));
    }

    [Theory]
    [InlineData(7, CalibrationMethod.Auto, 6)]
    [InlineData(9, CalibrationMethod.Auto, 100)]
    [InlineData(7, (CalibrationMethod)77, 100)]
    public void Validated_OutOfRange_Throws(int bits, CalibrationMethod method, int images) =>
        Assert.Throws<ArgumentException>(() => new QuantizationOptions { WeightBits = bits, Method = method, Images = images }.Validated());
}
