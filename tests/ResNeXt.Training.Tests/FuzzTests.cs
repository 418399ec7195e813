using System.Diagnostics;

namespace ResNeXt.Training.Tests;

/// <summary>Some seconds of each fuzzer; CONTRIBUTING.md says how to let them run for an hour.</summary>
public sealed class FuzzTests
{
    public static TheoryData<string> Targets => ["images", "models", "weights", "manifests", "parts", "zips"];

    [Theory]
    [MemberData(nameof(Targets))]
    public async Task Run_SomeSeconds_FindsNoFault(string target)
    {
        using var folder = new TemporaryFolder();
        string program = Path.Combine(RepositoryFiles.Root, "fuzz", "ResNeXt.Fuzz", "bin", "Release", "net10.0", "ResNeXt.Fuzz.dll");
        var start = new ProcessStartInfo("dotnet", [program, target, "--seconds", "8", "--seed", "1", "--out", folder.Path])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(process.ExitCode == 0, await output + await errors);
        Assert.Contains($"{target}: ", await output, StringComparison.Ordinal);
    }
}
