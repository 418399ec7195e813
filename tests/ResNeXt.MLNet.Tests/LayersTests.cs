using System.Runtime.CompilerServices;

namespace ResNeXt.MLNet.Tests;

/// <summary>Dependencies point one way: Imaging, Scoring, Pipeline, root. Held by the names a folder's files may not say.</summary>
public sealed class LayersTests
{
    [Theory]
    [InlineData("Imaging", "Microsoft.ML")]
    [InlineData("Imaging", "ResNeXtModel")]
    [InlineData("Scoring", "using Microsoft.ML;")]
    [InlineData("Scoring", "using Microsoft.ML.Data;")]
    [InlineData("Scoring", "TransformPlan")]
    [InlineData("Pipeline", "using Microsoft.ML.OnnxRuntime;")]
    [InlineData("Pipeline", "ResNeXtOptions")]
    public void Folder_Files_DoNotSayWhatIsAboveThem(string folder, string forbidden)
    {
        string[] files = Directory.GetFiles(Path.Combine(Source(), folder), "*.cs", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        Assert.DoesNotContain(files, file => File.ReadAllText(file).Contains(forbidden, StringComparison.Ordinal));
    }

    [Fact]
    public void Library_References_HaveNoTorchSharp() => Assert.DoesNotContain(
        typeof(ResNeXtTransformer).Assembly.GetReferencedAssemblies(), name => name.Name == "TorchSharp");

    private static string Source([CallerFilePath] string path = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", "..", "src", "ResNeXt.MLNet"));
}
