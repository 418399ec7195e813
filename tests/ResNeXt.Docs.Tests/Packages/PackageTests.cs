using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Xml.Linq;

namespace ResNeXt.Docs.Tests;

/// <summary>The packages as somebody else has them: projects outside the tree that know the packages alone.</summary>
public sealed class PackageTests(PackedPackages packed, DocumentFolder photos) : IClassFixture<PackedPackages>
{
    private static readonly Dictionary<string, string> Versions = XDocument.Load(Path.Combine(RepositoryFiles.Root, "Directory.Packages.props"))
        .Descendants("PackageVersion").ToDictionary(package => package.Attribute("Include")!.Value, package => package.Attribute("Version")!.Value);

    private string Photos => Path.Combine(photos.Folder, "flowers");

    [Theory]
    [InlineData("ResNeXt.MLNet")]
    [InlineData("ResNeXt.Training")]
    public void Package_OfALibrary_HasAllButNativeLibraries(string name)
    {
        using ZipArchive package = ZipFile.OpenRead(Path.Combine(packed.Source, $"{name}.{packed.Version}.nupkg"));
        using Stream description = package.GetEntry(name + ".nuspec")!.Open();
        XElement nuspec = XElement.Load(description);
        string[] dependencies = [.. nuspec.Descendants().Where(element => element.Name.LocalName == "dependency").Select(element => element.Attribute("id")!.Value)];

        Assert.Empty(new[] { "README.md", "icon.png", $"lib/net10.0/{name}.dll", $"lib/net10.0/{name}.xml" }.Except(package.Entries.Select(entry => entry.FullName)));
        Assert.DoesNotContain(package.Entries, entry => entry.FullName.StartsWith("runtimes", StringComparison.Ordinal) || entry.FullName.StartsWith("build", StringComparison.Ordinal));
        Assert.DoesNotContain(dependencies, dependency => dependency == "Microsoft.ML.OnnxRuntime" || dependency.Contains("torch-c", StringComparison.OrdinalIgnoreCase) || dependency.StartsWith("TorchSharp-", StringComparison.Ordinal));
        Assert.Contains("MIT", nuspec.Descendants().Single(element => element.Name.LocalName == "license").Value, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(packed.Source, $"{name}.{packed.Version}.snupkg")));
    }

    /// <summary>Fit, Transform, Save and Load; then as a single file, and self-contained with a trimmed framework.</summary>
    [Fact]
    public async Task Consumer_OfTheLibrary_RunsBuiltAndPublished()
    {
        string project = packed.NewProject("Served", ("ResNeXt.MLNet", packed.Version), ("Microsoft.ML.OnnxRuntime", Versions["Microsoft.ML.OnnxRuntime"]));
        Assert.Contains("36 photos", await DotNet.RunAsync(project, "run", "-c", "Release", "--", Photos), StringComparison.Ordinal);

        string single = Path.Combine(project, "single");
        await DotNet.RunAsync(project, "publish", "-c", "Release", "-r", RuntimeInformation.RuntimeIdentifier, "--no-self-contained", "-p:PublishSingleFile=true", "-p:IncludeNativeLibrariesForSelfExtract=true", "--output", single);

        // ONNX Runtime's package puts its Windows files beside every program; they are of no use elsewhere.
        Assert.DoesNotContain(Directory.GetFiles(single).Select(file => Path.GetFileName(file)), file => file.EndsWith(".so", StringComparison.Ordinal) || (file.EndsWith(".dll", StringComparison.Ordinal) && !file.StartsWith("onnxruntime", StringComparison.Ordinal)));
        Assert.Contains("36 photos", await DotNet.StartAsync(Path.Combine(single, "Served"), project, Photos), StringComparison.Ordinal);

        string trimmed = Path.Combine(project, "trimmed");
        await DotNet.RunAsync(project, "publish", "-c", "Release", "-r", RuntimeInformation.RuntimeIdentifier, "--self-contained", "-p:PublishTrimmed=true", "-p:TrimMode=partial", "-p:SuppressTrimAnalysisWarnings=true", "-p:JsonSerializerIsReflectionEnabledByDefault=true", "--output", trimmed);
        Assert.Contains("36 photos", await DotNet.StartAsync(Path.Combine(trimmed, "Served"), project, Photos), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Consumer_OfTheTrainer_Trains()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The program names libtorch for Linux.");
        string project = packed.NewProject("Trained", ("ResNeXt.Training", packed.Version), ("Microsoft.ML.OnnxRuntime", Versions["Microsoft.ML.OnnxRuntime"]), ("libtorch-cpu-linux-x64", Versions["libtorch-cpu-linux-x64"]));

        Assert.Contains("36 photos, 2 epochs", await DotNet.RunAsync(project, "run", "-c", "Release", "--", Photos), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tool_Installed_IsHealthyAndFeaturizes()
    {
        string tools = Path.Combine(packed.Folder, "tools"), features = Path.Combine(packed.Folder, "features.csv");
        await DotNet.RunAsync(packed.Folder, "tool", "install", "resnext", "--tool-path", tools, "--version", packed.Version);

        Assert.DoesNotContain("FAIL", await DotNet.StartAsync(Path.Combine(tools, "resnext"), packed.Folder, "doctor"), StringComparison.Ordinal);
        await DotNet.StartAsync(Path.Combine(tools, "resnext"), packed.Folder, "featurize", "--model", Path.Combine(photos.Folder, "model.onnx"), "--input", Photos, "--output", features);
        Assert.Equal(37, (await File.ReadAllLinesAsync(features, TestContext.Current.CancellationToken)).Length);
    }
}
