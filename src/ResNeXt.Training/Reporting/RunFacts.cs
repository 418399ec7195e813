using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using TorchSharp;

namespace ResNeXt.Training;

/// <summary>What it takes to make a run again, and to know what it ran on.</summary>
internal static class RunFacts
{
    public static IReadOnlyList<(string Name, string Value)> Of(TrainingState state, DataSplit data, torch.Device device, CancellationToken cancellation)
    {
        Sample[] samples = [.. data.Training, .. data.Validation];
        return
        [
            ("command", Command("Trainer.Run")),
            ("run", Path.GetFullPath(state.Options.Out)),
            ("data", FileDigest.CommonFolder(samples)),
            ("seed", FormattableString.Invariant($"{state.Options.Seed}")),
            ("images", FormattableString.Invariant($"{data.Training.Count} to train on, {data.Validation.Count} to validate with, {data.Labels.Count} classes")),
            ("fingerprint of the data", "sha256:" + FileDigest.OfImages(data.Labels, samples, cancellation)),
            ("time", Time(state.Info.History)),
            ("finished", FormattableString.Invariant($"{DateTimeOffset.UtcNow:yyyy-MM-dd HH:mm} UTC")),
            ("machine", Machine()),
            ("device", FormattableString.Invariant($"{device}, {torch.get_num_threads()} threads")),
            ("versions", $"ResNeXt.Training {Version(typeof(RunFacts))}, {RuntimeInformation.FrameworkDescription}, TorchSharp {Version(typeof(torch))}, ONNX Runtime {InferenceSessionFactory.Runtime.GetVersionString()}"),
        ];
    }

    /// <param name="model">The model that was measured.</param>
    /// <param name="data">The images, as they were named.</param>
    /// <param name="count">Images scored.</param>
    /// <param name="skipped">Images that could not be read.</param>
    public static IReadOnlyList<(string Name, string Value)> Of(ResNeXtModel model, string data, long count, int skipped) =>
    [
        ("command", Command("none")),
        ("model", File.Exists(model.Name) ? $"{Path.GetFullPath(model.Name)}, sha256:{FileDigest.Of(model.Name)}" : model.Name),
        ("data", Path.GetFullPath(data)),
        ("images", FormattableString.Invariant($"{count}, {skipped} could not be read")),
        ("finished", FormattableString.Invariant($"{DateTimeOffset.UtcNow:yyyy-MM-dd HH:mm} UTC")),
        ("machine", Machine()),
        ("device", $"{model.Device}"),
        ("versions", $"ResNeXt.Training {Version(typeof(RunFacts))}, {RuntimeInformation.FrameworkDescription}, ONNX Runtime {InferenceSessionFactory.Runtime.GetVersionString()}"),
    ];

    /// <summary>The command line of <c>resnext</c>, or the program that called us by its own code.</summary>
    private static string Command(string api) => Assembly.GetEntryAssembly() is Assembly entry && entry != typeof(RunFacts).Assembly
        ? $"none: {api} in {entry.GetName().Name}"
        : string.Join(' ', ["resnext", .. Environment.GetCommandLineArgs().Skip(1).Select(ShellText.Of)]);

    private static string Time(IReadOnlyList<EpochMetrics> history)
    {
        var total = TimeSpan.FromSeconds(history.Sum(row => row.Seconds));
        return FormattableString.Invariant($"{(int)total.TotalHours}:{total:mm\\:ss} for {history.Count} epochs, validation included");
    }

    private static string Machine() => FormattableString.Invariant(
        $"{Processor()}, {Environment.ProcessorCount} processors, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9:F1} GB, {RuntimeInformation.OSDescription}");

    /// <summary>The processor by its name.</summary>
    public static string Processor()
    {
        const string Linux = "/proc/cpuinfo";
        string? line = File.Exists(Linux) ? File.ReadLines(Linux).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?.Split(':', 2)[1].Trim() ?? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? RuntimeInformation.ProcessArchitecture.ToString();
    }

    private static string Version(Type type) => type.Assembly.GetName().Version!.ToString(3);
}
