using System.Diagnostics;

namespace ResNeXt.Docs.Tests;

/// <summary>Programs in processes of their own.</summary>
internal static class DotNet
{
    /// <summary>Runs <c>dotnet</c> with these arguments.</summary>
    /// <returns>Its standard output.</returns>
    public static Task<string> RunAsync(string folder, params string[] arguments) => StartAsync("dotnet", folder, arguments);

    /// <summary>Runs a program and expects that it ends well.</summary>
    public static async Task<string> StartAsync(string program, string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["XDG_DATA_HOME"] = Directory.CreateDirectory(Path.Combine(folder, "data")).FullName; // a program in one file is built there, and would stay
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        string errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{await output}\n{errors}");
        return await output;
    }
}
