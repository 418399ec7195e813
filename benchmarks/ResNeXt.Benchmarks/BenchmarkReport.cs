using System.Runtime.InteropServices;
using TorchSharp;

namespace ResNeXt.Benchmarks;

/// <summary>A table of figures with the machine and the versions beside it.</summary>
internal static class BenchmarkReport
{
    public static void Write(string file, string title, string command, IEnumerable<string> table)
    {
        string torchSharp = typeof(torch).Assembly.GetName().Version!.ToString(3);
        File.WriteAllLines(
            file,
            [
                $"# {title}",
                "",
                $"Written by `dotnet run -c Release --project benchmarks/ResNeXt.Benchmarks -- {command} FILE.md`, {DateTime.UtcNow:yyyy-MM-dd}.",
                $"{Processor()}, {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, TorchSharp {torchSharp}.",
                "",
                .. table,
            ]);
    }

    private static string Processor()
    {
        const string Info = "/proc/cpuinfo";
        string? line = File.Exists(Info) ? File.ReadLines(Info).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?.Split(':', 2)[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
