using System.Diagnostics;
using System.Text.Json;

namespace ResNeXt.Training.Tests;

/// <summary>The command, run as a user runs it: a process of its own.</summary>
internal sealed record CommandRun(int ExitCode, string Output, string Error)
{
    /// <summary>The command itself.</summary>
    public static string Program { get; } = typeof(Trainer).Assembly.Location;

    /// <summary>Standard output, which must be exactly one JSON object.</summary>
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    public static Task<CommandRun> StartAsync(params string[] arguments) => StartAsync(new Dictionary<string, string>(), arguments);

    public static async Task<CommandRun> StartAsync(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        using Process process = Start(environment, arguments);
        return await EndAsync(process);
    }

    public static Process Start(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    /// <summary>Waits for the end, ten minutes at most: a process that was not stopped must not outlive its test.</summary>
    public static async Task<CommandRun> EndAsync(Process process)
    {
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        await Interrupts.EndWithinAsync(process, TimeSpan.FromMinutes(10));
        return new CommandRun(process.ExitCode, await output, await error);
    }

    /// <summary>Failed as the contract says: the exit code, nothing on standard output, one line, no stack trace.</summary>
    public void AssertFailed(int exitCode, params string[] mentions)
    {
        Assert.Equal("", Output);
        AssertError(exitCode, mentions);
    }

    /// <summary>The same of a verb that gives what it has before it fails.</summary>
    public void AssertFailedAfterItsOutput(params string[] mentions)
    {
        Assert.NotEqual("", Output);
        AssertError(1, mentions);
    }

    /// <summary>The same, whatever it gave before.</summary>
    public void AssertError(params string[] mentions) => AssertError(1, mentions);

    private void AssertError(int exitCode, string[] mentions)
    {
        Assert.Equal(exitCode, ExitCode);
        string line = Assert.Single(Error.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => line.StartsWith("error: ", StringComparison.Ordinal));
        Assert.All(mentions, mention => Assert.Contains(mention, line, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", Error, StringComparison.Ordinal);
    }
}
