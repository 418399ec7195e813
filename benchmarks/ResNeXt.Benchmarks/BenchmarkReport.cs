using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.OnnxRuntime;
using ResNeXt.Training;
using TorchSharp;

namespace ResNeXt.Benchmarks;

/// <summary>A table of figures with the machine and the versions beside it.</summary>
internal static class BenchmarkReport
{
    public static void Write(string file, string title, string command, IEnumerable<string> table)
    {
        string torchSharp = typeof(torch).Assembly.GetName().Version!.ToString(3);
        string mlNet = typeof(MLContext).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
        string versions = $"ML.NET {mlNet}, ONNX Runtime {OrtEnv.Instance().GetVersionString()}, TorchSharp {torchSharp}";
        File.WriteAllLines(
            file,
            [
                $"# {title}",
                "",
                $"Written by `dotnet run -c Release --project benchmarks/ResNeXt.Benchmarks -- {command} FILE.md`, {DateTime.UtcNow:yyyy-MM-dd}.",
                $"{RunFacts.Processor()}, {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, {versions}.",
                "",
                .. table,
            ]);
    }
}
