using System.Diagnostics;
using System.Globalization;
using ResNeXt.Training;

namespace ResNeXt.Benchmarks;

/// <summary>The same training steps in PyTorch: RESNEXT_PYTHON names a Python that has torch and torchvision.</summary>
internal static class PyTorchTraining
{
    /// <returns>Images a second, from the median step, and PyTorch's version.</returns>
    /// <param name="layout"><c>contiguous</c> or <c>channels_last</c>.</param>
    /// <param name="name">The network.</param>
    /// <param name="imageSize">Edge of its input.</param>
    /// <param name="batchSize">Images in a step.</param>
    public static (double Rate, string Version) Measure(string layout, string name, int imageSize, int batchSize)
    {
        ResNeXtArchitecture architecture = ResNeXtArchitecture.Parse(name);
        string stem = architecture.Stem == ResNeXtStem.Cifar ? "cifar" : "imagenet";
        var start = new ProcessStartInfo(
            PythonPasses.Python!,
            [
                Path.Combine(AppContext.BaseDirectory, "pytorch_training.py"), string.Join(',', architecture.Blocks), $"{architecture.Cardinality}", $"{architecture.BaseWidth}",
                stem, $"{imageSize}", $"{batchSize}", $"{Environment.ProcessorCount}", layout,
            ])
        { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string[] output = process.StandardOutput.ReadToEnd().Split(' ', StringSplitOptions.TrimEntries);
        process.WaitForExit();
        return process.ExitCode == 0 ? (double.Parse(output[0], CultureInfo.InvariantCulture), output[1]) : throw new InvalidOperationException($"'{PythonPasses.Python}' failed: expected a Python with torch and torchvision.");
    }
}
