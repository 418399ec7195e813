using System.Text.Json;
using ResNeXt.MLNet;

namespace ResNeXt.Training.Tests;

/// <summary><c>export --precision</c> and <c>--merge-groups</c>, as a user types them.</summary>
public sealed class ExportPrecisionTests(Shapes shapes, TrainedModel trained)
{
    [Fact]
    public async Task Export_Int8_SaysHowNearItCameAndWritesTheReport()
    {
        string output = shapes.NewPath(".onnx");

        CommandRun run = await ExportAsync(output, "--precision", "int8", "--calibration", shapes.Folder, "--keep-fp32", "layer1.0.add", "--json");

        using ResNeXtModel model = ResNeXtModel.Load(output);
        JsonElement overall = run.Json.GetProperty("quantization").GetProperty("overall");
        Assert.Equal((0, ModelPrecision.Int8), (run.ExitCode, model.Metadata.Precision));
        Assert.InRange(overall.GetProperty("meanCosine").GetDouble(), 0.99, 1);
        Assert.Equal(new FileInfo(output).Length, run.Json.GetProperty("bytes").GetInt64());
        Assert.True(File.Exists(QuantizationReport.PathOf(output)));
        Assert.Contains(run.Json.GetProperty("quantization").GetProperty("method").GetString(), (string[])["minMax", "percentile", "entropy", "mse"]);
        Assert.True(run.Json.GetProperty("maxAbsError").GetDouble() > 0);
    }

    [Fact]
    public async Task Export_Float16MergedTo64_StaysTheNetwork()
    {
        string output = shapes.NewPath(".onnx");

        CommandRun run = await ExportAsync(output, "--precision", "fp16", "--merge-groups", "64", "--json");

        Assert.Equal((0, JsonValueKind.Null), (run.ExitCode, run.Json.GetProperty("quantization").ValueKind));
        Assert.InRange(run.Json.GetProperty("maxAbsError").GetDouble(), 1e-9, 0.1);
    }

    [Fact]
    public async Task Export_Int8TooFewImages_NamesBothNumbers()
    {
        (await ExportAsync(shapes.NewPath(".onnx"), "--precision", "int8", "--calibration", shapes.Folder, "--calibration-images", "500"))
            .AssertFailed(1, "48 calibration images", "at least 500");
        string empty = Directory.CreateDirectory(shapes.NewPath()).FullName;
        (await ExportAsync(shapes.NewPath(".onnx"), "--precision", "int8", "--calibration", empty)).AssertFailed(1, "0 calibration images");
    }

    [Theory]
    [InlineData("--precision int4", "int4")]
    [InlineData("--precision int8", "Calibration")]
    [InlineData("--calibration .", "Int8")]
    [InlineData("--weight-bits 8", "--weight-bits has no use without --precision int8")]
    [InlineData("--precision fp16 --keep-fp32 layer1.0.add", "--keep-fp32 has no use")]
    [InlineData("--merge-groups many", "many")]
    [InlineData("--merge-groups 0", "MergeGroups is 0")]
    [InlineData("--precision int8 --calibration . --weight-bits 4", "WeightBits is 4")]
    public async Task Export_WrongUsage_NamesTheOption(string arguments, string mention) =>
        (await ExportAsync(shapes.NewPath(".onnx"), arguments.Split(' '))).AssertFailed(2, mention);

    private Task<CommandRun> ExportAsync(string output, params string[] arguments) =>
        CommandRun.StartAsync(["export", "--weights", trained.Result.Checkpoint, "--output", output, .. arguments]);
}
