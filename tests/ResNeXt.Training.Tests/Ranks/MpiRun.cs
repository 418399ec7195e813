using System.Diagnostics;

namespace ResNeXt.Training.Tests;

/// <summary>The command under <c>mpirun</c>, a thread a rank.</summary>
internal static class MpiRun
{
    private const string Launcher = "mpirun";

    public static void SkipWithoutMpi() => Assert.SkipUnless(
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, Launcher))),
        "Open MPI is not on this machine (Debian: openmpi-bin).");

    /// <summary>Starts ranks of a program, each with the same arguments.</summary>
    public static Process Start(int ranks, string program, params string[] arguments) => Start([.. Ranks(ranks), "dotnet", program, .. arguments]);

    /// <summary>Starts two ranks of the command with different arguments.</summary>
    public static Process StartPair(string[] first, string[] second) =>
        Start([.. Ranks(1), "dotnet", CommandRun.Program, .. first, ":", "-n", "1", "dotnet", CommandRun.Program, .. second]);

    public static async Task<CommandRun> RunAsync(int ranks, string program, params string[] arguments)
    {
        using Process process = Start(ranks, program, arguments);
        return await CommandRun.EndAsync(process);
    }

    private static IEnumerable<string> Ranks(int ranks) => ["--oversubscribe", "--allow-run-as-root", "-n", $"{ranks}"];

    private static Process Start(string[] arguments)
    {
        var start = new ProcessStartInfo(Launcher, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["OMP_NUM_THREADS"] = "1";
        return Process.Start(start)!;
    }
}
