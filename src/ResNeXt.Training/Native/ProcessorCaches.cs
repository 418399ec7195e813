using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace ResNeXt.Training;

/// <summary>
/// Some hypervisors hide the processor's caches. oneDNN 3.7.1, inside libtorch 2.10, then takes each cache of an AMD processor for one
/// byte, and planning a 1x1 convolution of 256 to 1024 channels divides by zero: the process dies of SIGFPE, exit code 136 (docs/design.md).
/// Where it knows the caches nothing here touches anything.
/// </summary>
internal static unsafe partial class ProcessorCaches
{
    /// <summary>oneDNN's one description of the processor: a static object, made by the first call of the function that returns it.</summary>
    internal const string Description = "_ZZN4dnnl4impl3cpu3x643cpuEvE4cpu_";

    /// <summary>Its function that divides a cache among the cores that share it.</summary>
    internal const string CacheSize = "_ZN4dnnl4impl3cpu8platform23get_per_core_cache_sizeEi";

    private const string Describe = "_ZN4dnnl4impl3cpu3x643cpuEv";
    private const string Exported = "_ZN2at13globalContextEv";

    // Xbyak's Cpu as 32-bit words: the sizes of ten caches, the cores that share each, how many of the ten there are.
    private const int DescriptionSize = 144;
    private const int FirstSize = 7;
    private const int Levels = 27;

    /// <summary>No processor that libtorch runs on has so little.</summary>
    private const int SmallestCache = 1024;

    /// <summary>What oneDNN makes of an AMD processor without caches: three of one byte, each of one core.</summary>
    private static readonly int[] OneByteEach = [1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>Whether this processor tells of no cache at all.</summary>
    public static bool AreHidden() => X86Base.IsSupported && AreHidden(X86Base.CpuId);

    /// <param name="cpuId">The processor instruction: leaf and sub-leaf to four registers.</param>
    internal static bool AreHidden(Func<int, int, (int Eax, int Ebx, int Ecx, int Edx)> cpuId)
    {
        (_, int ebx, int ecx, int edx) = cpuId(0, 0);
        bool amd = (ebx, edx, ecx) == (0x68747541, 0x69746E65, 0x444D4163); // "AuthenticAMD"
        int leaf = amd ? unchecked((int)0x8000001D) : 4;
        return Enumerable.Range(0, 4).All(cache => (cpuId(leaf, cache).Eax & 0x1F) == 0); // type 0: there is no such cache
    }

    /// <summary>Makes oneDNN safe where it knows no cache of a real size: the fast way where all is as expected, else the slow one.</summary>
    /// <remarks>Call it before the first convolution: oneDNN reads its environment then, once. It goes by what oneDNN itself says; a library that
    /// does not tell is judged by the processor.</remarks>
    /// <param name="library">libtorch_cpu, loaded.</param>
    /// <param name="path">Its file.</param>
    public static CacheMend Mend(nint library, string path)
    {
        (nint description, nint cacheSize) = Locate(library, path);
        if (cacheSize == 0)
        {
            return AreHidden() ? LimitToAvx() : CacheMend.None;
        }

        var firstLevel = (delegate* unmanaged<int, uint>)cacheSize;
        var words = new Span<int>((void*)description, DescriptionSize / sizeof(int));
        if (firstLevel(1) >= SmallestCache)
        {
            return words[Levels] == 0 ? CacheMend.OwnSizes : CacheMend.None; // 0: done before, or no maker that it knows
        }

        if (words[Levels] == 3 && words[FirstSize..Levels].SequenceEqual(OneByteEach))
        {
            words[Levels] = 0; // unknown: oneDNN has sizes for that case
        }

        return firstLevel(1) >= SmallestCache ? CacheMend.OwnSizes : LimitToAvx();
    }

    /// <summary>oneDNN's description of the processor in memory, made now if it was not, and its function that gives the bytes of a cache that a core has
    /// to itself; zeros where the library is not as expected.</summary>
    internal static (nint Description, nint CacheSize) Locate(nint library, string path)
    {
        try
        {
            ElfSymbol?[] symbols = ElfSymbols.Find(path, Description, Describe, CacheSize, Exported);
            if (symbols is not [{ Size: DescriptionSize } description, { } describe, { } cacheSize, { } exported]
                || !NativeLibrary.TryGetExport(library, Exported, out nint known))
            {
                return default;
            }

            nint start = known - (nint)exported.Address;
            nint made = ((delegate* unmanaged<nint>)(start + (nint)describe.Address))();
            return made == start + (nint)description.Address ? (made, start + (nint)cacheSize.Address) : default;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return default; // a file that cannot be read, or is another than libtorch's
        }
    }

    /// <summary>For Windows, too, whose libtorch has no such symbols.</summary>
    internal static CacheMend LimitToAvx()
    {
        NativeEnvironment.Set("ONEDNN_MAX_CPU_ISA", "AVX");
        return CacheMend.AvxOnly;
    }
}
