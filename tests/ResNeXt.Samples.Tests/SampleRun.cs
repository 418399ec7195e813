using System.Diagnostics;

namespace ResNeXt.Samples.Tests;

/// <summary>A sample, run as a user runs it.</summary>
internal sealed record SampleRun(int ExitCode, string Output, string Error)
{
    public static Process Start(string sample, string folder, params IEnumerable<string> arguments) => Process.Start(
        new ProcessStartInfo("dotnet", [SampleFiles.Assembly(sample), .. arguments]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;

    public static async Task<SampleRun> RunAsync(string sample, string folder, params IEnumerable<string> arguments)
    {
        using Process process = Start(sample, folder, arguments);
        return await EndAsync(process);
    }

    public static async Task<SampleRun> EndAsync(Process process)
    {
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        await Interrupts.EndWithinAsync(process, TimeSpan.FromMinutes(2));
        return new SampleRun(process.ExitCode, await output, await error);
    }

    /// <summary>Failed as a program should: the exit code, nothing on standard output, one line that says what and why, no stack trace.</summary>
    public void AssertFailed(int exitCode, params string[] mentions)
    {
        Assert.Equal((exitCode, ""), (ExitCode, Output));
        string line = Assert.Single(Error.Split('\n'), line => line.StartsWith("error: ", StringComparison.Ordinal));
        Assert.All(mentions, mention => Assert.Contains(mention, line, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", Error, StringComparison.Ordinal);
    }
}
