using CsCheck;
using ResNeXt.MLNet;
using ResNeXt.Tests;

namespace ResNeXt.Training.Tests;

public sealed class GroupMergerTests(Shapes shapes, TrainedModel trained)
{
    [Theory]
    [InlineData(32, 4, 16, 4)]
    [InlineData(32, 4, 4, 1)]
    [InlineData(32, 4, 1024, 32)]
    [InlineData(1, 64, 128, 1)]
    [InlineData(6, 5, 16, 6)] // 4 would do, but does not divide 6
    public void Joined_Width_IsReachedByAWholeNumberOfGroups(int groups, int groupChannels, int channels, int expected) =>
        Assert.Equal(expected, GroupMerger.Joined(groups, groupChannels, channels));

    [Fact]
    public void Joined_Anything_DividesTheGroupsAndReachesTheWidthWhereItCan() =>
        Gen.Select(Gen.Int[1, 64], Gen.Int[1, 64], Gen.Int[1, 128]).ForAll("0000gRoU1234", sample =>
        {
            (int groups, int width, int channels) = sample;
            int joined = GroupMerger.Joined(groups, width, channels);

            Assert.Equal(0, groups % joined);
            Assert.True(joined * width >= channels || joined == groups);
        });

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(64)]
    public void Export_AnyWidth_IsTheSameFunction(int width)
    {
        string path = shapes.NewPath(".onnx");
        using var module = new ResNeXtModule(ResNeXtArchitecture.Parse("resnext14_2x4d"), 2);
        Checkpoint.Load(trained.Result.Checkpoint, module);
        var metadata = OnnxExporter.Describe(module, Shapes.Labels, OnnxExporter.DefaultPreprocessing(module.Architecture).Scaled(32));

        OnnxExporter.Export(module, metadata, path, new ExportOptions { MergeGroups = width }); // throws beyond the verifier's bound

        using ResNeXtModel merged = ResNeXtModel.Load(path), asTrained = ResNeXtModel.Load(trained.Result.Model);
        var batch = new TensorBatch(1, 32);
        byte[] pixels = new byte[32 * 32 * 3];
        new Random(1).NextBytes(pixels);
        batch.Set(0, pixels);
        float[] expected = asTrained.Run(batch, 1, ["features"])[0][0], actual = merged.Run(batch, 1, ["features"])[0][0];
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
        if (width == 64)
        {
            Assert.True(new FileInfo(path).Length > new FileInfo(trained.Result.Model).Length, "the zeros are stored");
        }
    }
}
