using System.Runtime.InteropServices;

namespace ResNeXt.Training;

/// <summary>How the C library treats memory that libtorch gives back.</summary>
/// <remarks>
/// A training step allocates and frees the same large tensors again and again. By default glibc maps each anew and unmaps it after, and
/// the kernel hands out zeroed pages one fault at a time: element-wise operations then spend most of their time in page
/// faults. Kept in the heap, the memory of one step serves the next (benchmarks/results/training.md has the figures).
/// </remarks>
internal static partial class HeapMemory
{
    // Names and numbers of malloc.h.
    private const int TrimThreshold = -1;
    private const int TopPad = -2;
    private const int MmapMax = -4;

    /// <summary>Lets this process keep freed memory for the next step. It stays kept until the process ends; calling it again does nothing.</summary>
    public static void KeepFreed()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        try
        {
            _ = SetMallocOption(MmapMax, 0); // a refusal costs speed, nothing else
            _ = SetMallocOption(TrimThreshold, int.MaxValue);
            _ = SetMallocOption(TopPad, 64 << 20);
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            // Another C library than glibc: training is as fast as it is.
        }
    }

    [LibraryImport("libc.so.6", EntryPoint = "mallopt")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int SetMallocOption(int option, int value);
}
