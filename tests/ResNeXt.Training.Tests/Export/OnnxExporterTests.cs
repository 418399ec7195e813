using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using ResNeXt.MLNet;
using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training.Tests;

public sealed class OnnxExporterTests(Shapes shapes, TrainedModel trained)
{
    [Theory]
    [InlineData("resnext14_8x4d", 64)]
    [InlineData("resnext50_32x4d", 64)]
    [InlineData("resnet50", 64)]
    [InlineData("resnext11_4x4d_cifar", 32)]
    public void Export_TrainedStatistics_AgreesWithTorchSharp(string name, int imageSize)
    {
        manual_seed(3);
        using var module = new ResNeXtModule(ResNeXtArchitecture.Parse(name), 7);
        UseRealisticStatistics(module);
        ImagePreprocessing preprocessing = OnnxExporter.DefaultPreprocessing(module.Architecture, imageSize);
        ResNeXtMetadata metadata = OnnxExporter.Describe(module, [.. "abcdefg".Select(letter => $"{letter}")], preprocessing);

        double error = OnnxExporter.Export(module, metadata, shapes.NewPath(".onnx"));

        Assert.InRange(error, 1e-12, 1e-2);
    }

    [Fact]
    public void Export_File_DescribesItself()
    {
        using ResNeXtModel model = ResNeXtModel.Load(trained.Result.Model);
        using var session = new InferenceSession(trained.Result.Model);

        Assert.Equal("resnext14_2x4d", model.Metadata.Architecture);
        Assert.Equal(Shapes.Labels, model.Metadata.Labels);
        Assert.Equal((32, 37), (model.Metadata.Preprocessing.ImageSize, model.Metadata.Preprocessing.ResizeSize));
        Assert.Equal([-1, 3, 32, 32], session.InputMetadata["image"].Dimensions);
        Assert.Equal(["features", "logits", "probabilities"], session.OutputMetadata.Keys.Order());
        Assert.Equal([-1, 2048], session.OutputMetadata["features"].Dimensions);
        Assert.DoesNotContain("BatchNormalization", System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(trained.Result.Model)), StringComparison.Ordinal);
    }

    [Fact]
    public void Export_WrongNumberOfLabels_IsRefused()
    {
        using var module = new ResNeXtModule(ResNeXtArchitecture.Parse("resnext14_2x4d"), 2);
        ImagePreprocessing preprocessing = OnnxExporter.DefaultPreprocessing(module.Architecture, 32);

        Assert.Throws<ArgumentException>(() => OnnxExporter.Export(module, OnnxExporter.Describe(module, ["one"], preprocessing), shapes.NewPath(".onnx")));
    }

    [Fact]
    public void Verify_AnotherNetwork_IsRefused()
    {
        using var module = new ResNeXtModule(ResNeXtArchitecture.Parse("resnext14_2x4d"), 2);
        Checkpoint.Load(trained.Result.Checkpoint, module);
        byte[] model = File.ReadAllBytes(trained.Result.Model);
        ImagePreprocessing preprocessing = OnnxExporter.DefaultPreprocessing(module.Architecture, 32);
        OnnxVerifier.Verify(model, module, preprocessing);
        using (no_grad())
        {
            module.fc.bias!.add_(0.01);
        }

        Assert.Throws<InvalidDataException>(() => OnnxVerifier.Verify(model, module, preprocessing));
    }

    [Fact]
    public void Export_File_RunsUnchangedInStockMLNet()
    {
        var ml = new MLContext(seed: 1);
        IDataView images = ml.Data.LoadFromEnumerable(shapes.Images.Take(5));
        var stock = ml.Transforms.LoadImages("Image", null, "ImagePath")
            .Append(ml.Transforms.ResizeImages("Image", 32, 32))
            .Append(ml.Transforms.ExtractPixels("image", "Image"))
            .Append(ml.Transforms.ApplyOnnxModel(["features", "probabilities"], ["image"], trained.Result.Model));

        IDataView scored = stock.Fit(images).Transform(images);
        float[][] probabilities = [.. scored.GetColumn<float[]>("probabilities")];

        Assert.Equal(5, probabilities.Length);
        Assert.All(probabilities, row => Assert.Equal(1, row.Sum(), 1e-5));
        Assert.All(scored.GetColumn<float[]>("features"), row => Assert.Equal(2048, row.Length));
    }

    [Fact]
    public void Export_File_ClassifiesInOurOwnPipeline()
    {
        var ml = new MLContext(seed: 1);
        IDataView images = ml.Data.LoadFromEnumerable(shapes.Images);
        var pipeline = ml.Transforms.Conversion.MapValueToKey("Label").Append(ml.Transforms.ClassifyImages("ImagePath", trained.Result.Model));

        var metrics = ml.MulticlassClassification.Evaluate(pipeline.Fit(images).Transform(images));

        using ResNeXtModel model = ResNeXtModel.Load(trained.Result.Model);
        ClassificationMetrics own = Evaluator.Evaluate(model, shapes.Images, _ => Assert.Fail("skipped"), (_, _) => { }, default);
        Assert.Equal(own.Top1, metrics.MicroAccuracy, 1e-9);
        Assert.Equal(own.Loss, metrics.LogLoss, 1e-5);
    }

    /// <summary>Statistics as a trained network has them, so that a fold of the wrong one shows.</summary>
    private static void UseRealisticStatistics(ResNeXtModule module)
    {
        using var noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        foreach (BatchNorm normalization in module.modules().OfType<BatchNorm>())
        {
            normalization.running_mean.copy_(randn(normalization.weight.numel()) * 0.1);
            normalization.running_var.copy_((rand(normalization.weight.numel()) * 1.5) + 0.5);
            normalization.weight.copy_((rand(normalization.weight.numel()) * 0.4) + 0.2);
            normalization.bias.copy_(randn(normalization.weight.numel()) * 0.1);
        }
    }
}
