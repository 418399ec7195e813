using System.Runtime.InteropServices;

namespace ResNeXt.Training.Tests;

public sealed class TorchLibraryTests(Shapes shapes)
{
    private static readonly string Original = Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native", "libLibTorchSharp.so") is string nested && File.Exists(nested)
        ? nested
        : Path.Combine(AppContext.BaseDirectory, "libLibTorchSharp.so");

    [Fact]
    public void Load_Twice_MakesTorchUsable()
    {
        TorchLibrary.Load();
        TorchLibrary.Load();

        using TorchSharp.torch.Tensor ones = TorchSharp.torch.ones(3);
        Assert.Equal(3, ones.sum().item<float>());
    }

    [Fact]
    public void Apply_ShippedLibrary_ChangesOnlyTheVersionAndTheSymbol()
    {
        byte[] original = File.ReadAllBytes(Original);

        byte[] patched = TorchSharpPatch.Apply(original);

        Assert.Equal(TorchSharpPatch.PatchedHash, TorchSharpPatch.Hash(patched));
        Assert.Equal(TorchSharpPatch.OriginalHash, TorchSharpPatch.Hash(original));
        Assert.InRange(original.Zip(patched).Count(pair => pair.First != pair.Second), 1, 12);
    }

    [Fact]
    public void PatchedCopy_UnknownFile_NamesHashAndCure()
    {
        string library = shapes.NewPath(".so");
        File.WriteAllText(library, "another library");

        var exception = Assert.Throws<DllNotFoundException>(() => TorchLibrary.PatchedCopy(library, shapes.NewPath()));

        Assert.Contains(TorchSharpPatch.Hash(File.ReadAllBytes(library)), exception.Message, StringComparison.Ordinal);
        Assert.Contains(TorchSharpPatch.OriginalHash, exception.Message, StringComparison.Ordinal);
        Assert.Contains("libstdc++ 13", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PatchedCopy_UnwritableCache_NamesFolderAndCure()
    {
        string file = shapes.NewPath();
        File.WriteAllText(file, "not a folder");

        var exception = Assert.Throws<DllNotFoundException>(() => TorchLibrary.PatchedCopy(Original, Path.Combine(file, "cache")));

        Assert.Contains(file, exception.Message, StringComparison.Ordinal);
        Assert.Contains("XDG_CACHE_HOME", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PatchedCopy_DamagedCopyInCache_IsReplaced()
    {
        string cache = shapes.NewPath();
        string copy = TorchLibrary.PatchedCopy(Original, cache);
        File.WriteAllText(copy, "damaged");

        Assert.Equal(copy, TorchLibrary.PatchedCopy(Original, cache));
        Assert.Equal(TorchSharpPatch.PatchedHash, TorchSharpPatch.Hash(File.ReadAllBytes(copy)));
    }

    [Fact]
    public void PatchedCopy_CopyThatIsAFolder_NamesTheCure()
    {
        string cache = shapes.NewPath();
        string copy = TorchLibrary.PatchedCopy(Original, cache);
        File.Delete(copy);
        Directory.CreateDirectory(copy);

        Assert.Contains("XDG_CACHE_HOME", Assert.Throws<DllNotFoundException>(() => TorchLibrary.PatchedCopy(Original, cache)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LoadOnLinux_OtherArchitecture_SaysSo()
    {
        var exception = Assert.Throws<DllNotFoundException>(
            () => TorchLibrary.LoadOnLinux(Architecture.Arm64, _ => null, () => shapes.NewPath(), ProcessorCaches.Mend));

        Assert.Contains("Arm64", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LoadOnLinux_MissingPackage_NamesIt()
    {
        var exception = Assert.Throws<DllNotFoundException>(
            () => TorchLibrary.LoadOnLinux(Architecture.X64, name => name == "libLibTorchSharp.so" ? Original : null, () => shapes.NewPath(), ProcessorCaches.Mend));

        Assert.Contains("libtorch-cpu-linux-x64", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_SeveralFirstStartsAtOnce_AllSucceed()
    {
        string cache = shapes.NewPath();
        CommandRun[] runs = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => CommandRun.StartAsync(
            new Dictionary<string, string> { ["XDG_CACHE_HOME"] = cache }, "doctor")));

        Assert.All(runs, run => Assert.Equal((0, ""), (run.ExitCode, run.Error)));
        Assert.All(runs, run => Assert.Contains("ok    libtorch", run.Output, StringComparison.Ordinal));
        Assert.Empty(Directory.Exists(cache) ? Directory.EnumerateFiles(cache, "*.tmp", SearchOption.AllDirectories) : []);
    }
}
