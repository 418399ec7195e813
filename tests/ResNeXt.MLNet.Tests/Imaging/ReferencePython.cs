using System.Diagnostics;

namespace ResNeXt.MLNet.Tests;

/// <summary>The Python that opt-in tests compare with: RESNEXT_PYTHON names one that has torchvision, as Debian's python3-torchvision brings it.</summary>
internal static class ReferencePython
{
    /// <summary>Runs a script of this folder and returns what it prints; without the variable the test is skipped.</summary>
    public static async Task<string> RunAsync(string script, string argument)
    {
        string? python = Environment.GetEnvironmentVariable("RESNEXT_PYTHON");
        Assert.SkipWhen(string.IsNullOrEmpty(python), "RESNEXT_PYTHON names no Python with torchvision.");
        string path = Path.Combine(RepositoryFiles.Root, "tests", "ResNeXt.MLNet.Tests", "Imaging", script);
        using Process process = Process.Start(new ProcessStartInfo(python, [path, argument]) { RedirectStandardOutput = true })!;
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
