using ResNeXt.MLNet;

namespace ResNeXt.Training.Tests;

public sealed class HalfPrecisionTests(Shapes shapes, TrainedModel trained)
{
    [Fact]
    public void Export_Float16_IsHalfTheFileAndNearlyTheSame()
    {
        string path = shapes.NewPath(".onnx");
        using var module = new ResNeXtModule(ResNeXtArchitecture.Parse("resnext14_2x4d"), 2);
        Checkpoint.Load(trained.Result.Checkpoint, module);
        var metadata = OnnxExporter.Describe(module, Shapes.Labels, OnnxExporter.DefaultPreprocessing(module.Architecture).Scaled(32));

        OnnxExporter.Export(module, metadata, path, new ExportOptions { Precision = ModelPrecision.Float16 });

        using ResNeXtModel half = ResNeXtModel.Load(path), full = ResNeXtModel.Load(trained.Result.Model);
        Assert.Equal(ModelPrecision.Float16, half.Metadata.Precision);
        Assert.InRange((double)new FileInfo(path).Length / new FileInfo(trained.Result.Model).Length, 0.45, 0.55);
        Assert.Equal(
            Evaluator.Evaluate(full, shapes.Images, _ => Assert.Fail("skipped"), (_, _) => { }, default).Loss,
            Evaluator.Evaluate(half, shapes.Images, _ => Assert.Fail("skipped"), (_, _) => { }, default).Loss,
            1e-3);
    }
}
