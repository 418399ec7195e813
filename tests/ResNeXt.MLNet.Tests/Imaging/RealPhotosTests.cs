using System.Diagnostics;

namespace ResNeXt.MLNet.Tests;

public class RealPhotosTests
{
    /// <summary>Opt-in: RESNEXT_PYTHON names a Python that has torchvision, <c>/usr/bin/python3</c> with Debian's python3-torchvision.</summary>
    [Fact]
    public async Task Process_EveryValidationPhoto_EqualsTorchvision()
    {
        string? python = Environment.GetEnvironmentVariable("RESNEXT_PYTHON");
        Assert.SkipWhen(string.IsNullOrEmpty(python), "RESNEXT_PYTHON names no Python with torchvision.");
        string photos = Path.Combine(RepositoryFiles.DataOrSkip("hymenoptera"), "val");
        string script = Path.Combine(RepositoryFiles.Root, "tests", "ResNeXt.MLNet.Tests", "Imaging", "photo_digests.py");
        using Process process = Process.Start(new ProcessStartInfo(python, [script, photos]) { RedirectStandardOutput = true })!;
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);

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
