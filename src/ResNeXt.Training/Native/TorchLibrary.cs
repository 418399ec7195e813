using System.Reflection;
using System.Runtime.InteropServices;

namespace ResNeXt.Training;

/// <summary>
/// Loads libtorch and TorchSharp's native library before the first use of <c>torch</c>, also where the distribution's libstdc++
/// is older than TorchSharp asks for (<see cref="TorchSharpPatch"/>). Where the plain load works, nothing is changed.
/// </summary>
public static class TorchLibrary
{
    private const string FileName = "libLibTorchSharp.so";
    private const string CpuFileName = "libtorch_cpu.so";
    private const string Cure = "use a distribution with libstdc++ 13 or newer (Debian 13, Ubuntu 24.04, RHEL 10)";
    private static readonly Lock Gate = new();
    private static (string Library, CacheMend Caches)? _loaded;

    /// <summary>Makes <c>torch</c> usable in this process. Every entry point of this library calls it; calling it again costs nothing.</summary>
    /// <returns>What was loaded, for people.</returns>
    /// <exception cref="DllNotFoundException">The native libraries cannot be loaded; the message says why and what helps.</exception>
    public static string Load() => Load(ProcessorCaches.Mend).Library;

    /// <summary>What was done for oneDNN where the processor's caches are hidden.</summary>
    internal static CacheMend Caches => Load(ProcessorCaches.Mend).Caches;

    /// <summary>The folder that patched copies are kept in.</summary>
    internal static string CacheFolder => MLNet.CacheFolder.PerUser
        ?? throw new DllNotFoundException("There is no home folder to keep an adapted TorchSharp in: set XDG_CACHE_HOME to a writable folder.");

    /// <param name="mend">Called once, by the first call, with libtorch_cpu and its file.</param>
    internal static (string Library, CacheMend Caches) Load(Func<nint, string, CacheMend> mend)
    {
        lock (Gate)
        {
            return _loaded ??= LoadOnce(mend);
        }
    }

    private static (string Library, CacheMend Caches) LoadOnce(Func<nint, string, CacheMend> mend)
    {
        if (OperatingSystem.IsLinux())
        {
            return LoadOnLinux(RuntimeInformation.ProcessArchitecture, FindFile, () => CacheFolder, mend);
        }

        // Elsewhere TorchSharp's own loader does all else that is needed.
        return ("TorchSharp's own loader", ProcessorCaches.AreHidden() ? ProcessorCaches.LimitToAvx() : CacheMend.None);
    }

    /// <param name="architecture">That of the process.</param>
    /// <param name="find">Path of a native library of the application, or null.</param>
    /// <param name="cacheFolder">Where the patched copy goes when it is needed.</param>
    /// <param name="mend">Looks after what oneDNN knows of the processor's caches.</param>
    internal static (string Library, CacheMend Caches) LoadOnLinux(
        Architecture architecture, Func<string, string?> find, Func<string> cacheFolder, Func<nint, string, CacheMend> mend)
    {
        if (architecture != Architecture.X64)
        {
            throw new DllNotFoundException($"TorchSharp has no native library for Linux on {architecture}: expected X64. Train on an x64 machine; the exported model runs here.");
        }

        string torchSharp = find(FileName)
            ?? throw new DllNotFoundException($"'{FileName}' is not among the application's native libraries: reference the TorchSharp package.");
        CacheMend caches = CacheMend.None;
        foreach (string dependency in (string[])["libc10.so", CpuFileName, "libtorch.so"])
        {
            string path = find(dependency)
                ?? throw new DllNotFoundException($"'{dependency}' is not among the application's native libraries: reference the libtorch-cpu-linux-x64 (or a TorchSharp-cuda) package.");
            nint library = NativeLibrary.Load(path);
            caches = dependency == CpuFileName ? mend(library, path) : caches;
        }

        try
        {
            NativeLibrary.Load(torchSharp);
            return (torchSharp, caches);
        }
        catch (DllNotFoundException exception) when (exception.Message.Contains(TorchSharpPatch.NeededVersion, StringComparison.Ordinal))
        {
            // TorchSharp's loader finds this copy by its SONAME.
            string patched = PatchedCopy(torchSharp, cacheFolder());
            NativeLibrary.Load(patched);
            return (patched, caches);
        }
    }

    /// <summary>The patched copy of a library in the cache; made there first when it is missing or damaged.</summary>
    internal static string PatchedCopy(string library, string cacheFolder)
    {
        string path = Path.Combine(cacheFolder, "torchsharp-" + TorchSharpPatch.OriginalHash[..16].ToLowerInvariant(), FileName);
        if (IsPatched(path))
        {
            return path;
        }

        byte[] patched;
        try
        {
            patched = TorchSharpPatch.Apply(File.ReadAllBytes(library));
        }
        catch (InvalidDataException exception)
        {
            throw new DllNotFoundException(
                $"'{library}' needs {TorchSharpPatch.NeededVersion}, which this system's libstdc++ lacks, and it cannot be adapted: {exception.Message}. Use TorchSharp 0.107.0, or {Cure}.", exception);
        }

        try
        {
            // Several first starts at once each write a file of their own; the last rename wins, with the same bytes.
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            AtomicFile.Write(path, stream => stream.Write(patched));
            return path;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DllNotFoundException(
                $"'{library}' needs {TorchSharpPatch.NeededVersion}, which this system's libstdc++ lacks, and an adapted copy cannot be written to '{cacheFolder}': {exception.Message} Set XDG_CACHE_HOME to a writable folder, or {Cure}.", exception);
        }
    }

    /// <summary>A copy that cannot be read is as good as none.</summary>
    private static bool IsPatched(string path)
    {
        try
        {
            return File.Exists(path) && TorchSharpPatch.Hash(File.ReadAllBytes(path)) == TorchSharpPatch.PatchedHash;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Looks where the .NET host looks for native libraries, then in the layouts of build output.</summary>
    internal static string? FindFile(string name)
    {
        string searched = AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "";
        string beside = Path.GetDirectoryName(Assembly.GetExecutingAssembly().Location) is { Length: > 0 } location ? location : AppContext.BaseDirectory;
        return searched.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Append(beside)
            .Append(Path.Combine(beside, "runtimes", "linux-x64", "native"))
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
    }
}
