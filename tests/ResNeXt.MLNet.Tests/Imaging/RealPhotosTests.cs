namespace ResNeXt.MLNet.Tests;

public class RealPhotosTests
{
    /// <summary>Opt-in, with RESNEXT_PYTHON.</summary>
    [Fact]
    public async Task Process_EveryValidationPhoto_EqualsTorchvision()
    {
        string output = await ReferencePython.RunAsync("photo_digests.py", Path.Combine(RepositoryFiles.DataOrSkip("hymenoptera"), "val"));

        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(153, lines.Length);
        var preprocessing = new ImagePreprocessing();
        var preprocessor = new ImagePreprocessor(preprocessing);
        byte[] pixels = new byte[preprocessing.ByteCount];
        Assert.All(lines, line =>
        {
            string[] parts = line.Split(' ', 2);
            using RgbImage image = ImageDecoder.DecodeFile(parts[1]);
            preprocessor.Process(image, pixels);
            Assert.Equal(parts[0], Golden.Digest(pixels));
        });
    }
}
