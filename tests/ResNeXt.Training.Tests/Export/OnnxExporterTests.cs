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
        RandomStatistics.Fill(module);
        ImagePreprocessing preprocessing = OnnxExporter.DefaultPreprocessing(module.Architecture).Scaled(imageSize);
        ResNeXtMetadata metadata = OnnxExporter.Describe(module, [.. "abcdefg".Select(letter => $"{letter}")], preprocessing);

        double error = OnnxExporter.Export(module, metadata, shapes.NewPath(".onnx")).MaxAbsError;

        // Export throws by itself beyond its relative bound; exactly nothing would mean that nothing was compared.
        Assert.NotEqual(0, error);
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
    public void Export_ModuleInTraining_GoesOnTraining()
    {
        using var module = new ResNeXtModule(ResNeXtArchitecture.Parse("resnext14_2x4d"), 2);
        module.train();

        OnnxExporter.Export(module, OnnxExporter.Describe(module, ["a", "b"], OnnxExporter.DefaultPreprocessing(module.Architecture).Scaled(32)), shapes.NewPath(".onnx"));

        Assert.True(module.training);
    }

    /// <summary>One logit of several: the largest of numbers that are no numbers is easily lost.</summary>
    [Fact]
    public void Export_WeightThatIsNoNumber_IsRefused()
    {
        using var module = new ResNeXtModule(ResNeXtArchitecture.Parse("resnext14_2x4d"), 2);
        using (var noGradient = no_grad())
        {
            module.state_dict()["fc.bias"][1] = tensor(float.NaN);
        }

        string path = shapes.NewPath(".onnx");
        Assert.Contains("differs", Assert.Throws<InvalidDataException>(() => OnnxExporter.Export(
            module, OnnxExporter.Describe(module, ["a", "b"], OnnxExporter.DefaultPreprocessing(module.Architecture).Scaled(32)), path)).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void Export_Stages_GivesTheirMapsOut()
    {
        using var module = new ResNeXtModule(ResNeXtArchitecture.Parse("resnext14_2x4d"), 2);
        Checkpoint.Load(trained.Result.Checkpoint, module);
        string path = shapes.NewPath(".onnx");
        OnnxExporter.Export(module, OnnxExporter.Describe(module, Shapes.Labels, OnnxExporter.DefaultPreprocessing(module.Architecture).Scaled(64)), path, new ExportOptions { Stages = true });

        using var session = new InferenceSession(path);
        using ResNeXtModel model = ResNeXtModel.Load(path);
        var batch = new TensorBatch(2, 64);
        float[][] maps = model.Run(batch, 2, ["c2", "c3", "c4", "c5", "features"])[1];

        Assert.Equal([256 * 16 * 16, 512 * 8 * 8, 1024 * 4 * 4, 2048 * 2 * 2, 2048], maps.Select(map => map.Length));
        Assert.Equal(maps[4][7], maps[3].AsSpan(7 * 4, 4).ToArray().Average(), 1e-5);
        Assert.Equal(512, model.Channels("c3"));
    }

    [Fact]
    public void Export_WrongNumberOfLabels_IsRefused()
    {
        using var module = new ResNeXtModule(ResNeXtArchitecture.Parse("resnext14_2x4d"), 2);
        ImagePreprocessing preprocessing = OnnxExporter.DefaultPreprocessing(module.Architecture).Scaled(32);

        Assert.Throws<InvalidDataException>(() => OnnxExporter.Export(module, OnnxExporter.Describe(module, ["one"], preprocessing), shapes.NewPath(".onnx")));
    }

    [Fact]
    public void Verify_AnotherNetwork_IsRefused()
    {
        using var module = new ResNeXtModule(ResNeXtArchitecture.Parse("resnext14_2x4d"), 2);
        Checkpoint.Load(trained.Result.Checkpoint, module);
        byte[] model = File.ReadAllBytes(trained.Result.Model);
        ImagePreprocessing preprocessing = OnnxExporter.DefaultPreprocessing(module.Architecture).Scaled(32);
        OnnxVerifier.Verify(model, module, preprocessing);
        using (no_grad())
        using (Scalar small = 0.01.ToScalar())
        using (Scalar one = 1.ToScalar())
        {
            module.fc.bias!.add_(small, one);
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
}
