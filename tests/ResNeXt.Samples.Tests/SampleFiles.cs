using ResNeXt.Tests;

namespace ResNeXt.Samples.Tests;

/// <summary>Where the samples are, as they were built together with the program that asks.</summary>
internal static class SampleFiles
{
    /// <summary>The assembly of a sample, in the configuration of the caller.</summary>
    public static string Assembly(string sample)
    {
        var output = new DirectoryInfo(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)); // bin/Release/net10.0
        string file = Path.Combine(RepositoryRoot.Path, "samples", sample, "bin", output.Parent!.Name, output.Name, sample + ".dll");
        return File.Exists(file) ? file : throw new FileNotFoundException($"The sample is not built: expected '{file}'.", file);
    }

    /// <summary>The model that the samples use when nothing else is said.</summary>
    public static string DefaultModel { get; } = Path.Combine(RepositoryRoot.Path, "src", "ResNeXt.MLNet", "Models", "resnext29_8x8d_small.distilled.onnx");
}
