using System.Text;

namespace ResNeXt.MLNet.Tests;

public sealed class ResNeXtModelTests
{
    [Fact]
    public void Load_File_ReadsItsMetadata()
    {
        using ResNeXtModel model = ResNeXtModel.Load(TestImages.TinyModel, ExecutionDevice.Cpu);
        Assert.Equal("tiny", model.Metadata.Architecture);
        Assert.Equal(Rows.Labels, model.Metadata.Labels);
        Assert.Equal(32, model.Metadata.Preprocessing.ImageSize);
        Assert.Equal(ExecutionDevice.Cpu, model.Device);
        Assert.Equal(16, model.Width(ResNeXtMetadata.FeaturesName));
        Assert.Equal(4, model.Width(ResNeXtMetadata.LogitsName));
    }

    [Fact]
    public void Load_Missing_NamesThePath() => Assert.Contains(
        "'gone.onnx' does not exist", Assert.Throws<FileNotFoundException>(() => ResNeXtModel.Load("gone.onnx")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("[\"bolt\", \"gear\", \"nut\", \"washer\"]", "[\"bolt\", \"gear\", \"nut\", \"w\",\"er\"]", "output 'logits' of shape [-1, 5], found [-1, 4]")]
    [InlineData("format_version\u0012\u00011", "format_version\u0012\u00019", "metadata version 9, this library reads up to 1")]
    [InlineData("bilinear", "nearest ", "'resnext.interpolation' is 'nearest ', expected bilinear or bicubic")]
    [InlineData("image_size\u0012\u000232", "image_size\u0012\u000231", "input 'image' of shape [-1, 3, 31, 31], found [-1, 3, 32, 32]")]
    public void Load_DamagedMetadata_SaysWhatIsWrong(string old, string changed, string expected)
    {
        Assert.Equal(old.Length, changed.Length);
        byte[] onnx = File.ReadAllBytes(TestImages.TinyModel);
        int at = onnx.AsSpan().IndexOf(Encoding.UTF8.GetBytes(old));
        Assert.True(at >= 0);
        byte[] bytes = Encoding.UTF8.GetBytes(changed);
        bytes.CopyTo(onnx.AsSpan(at));
        var exception = Assert.Throws<InvalidDataException>(() => ResNeXtModel.Load(onnx, "damaged.onnx"));
        Assert.StartsWith("'damaged.onnx'", exception.Message, StringComparison.Ordinal);
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_AfterDispose_Throws()
    {
        ResNeXtModel model = ResNeXtModel.Load(TestImages.TinyModel);
        model.Dispose();
        Assert.Throws<ObjectDisposedException>(() => model.Run(new TensorBatch(1, 32), 1, [ResNeXtMetadata.FeaturesName]));
    }
}
