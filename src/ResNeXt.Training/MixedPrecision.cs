using System.Runtime.Intrinsics.X86;
using TorchSharp;

namespace ResNeXt.Training;

/// <summary>
/// Whether the network up to its last layer computes in bfloat16: as asked for, else as the run began, else where the processor has instructions for it.
/// A table, not a timing: the same machine always decides the same.
/// </summary>
internal static class MixedPrecision
{
    private const int FeatureLeaf = 7, Avx512BFloat16 = 1 << 5; // EAX of subleaf 1

    /// <summary>What oneDNN may be limited to and still has them.</summary>
    private static readonly string[] Sufficient = ["BF16", "FP16", "AMX", "AVX10", "ALL", "DEFAULT"];

    /// <summary>Whether the processor has AVX512_BF16, and oneDNN, which libtorch computes convolutions with, may use it. All that have AMX have it, too.</summary>
    /// <remarks>Asked after <see cref="TorchLibrary.Load"/>, which may limit oneDNN.</remarks>
    public static bool HasInstructions => X86Base.IsSupported && X86Base.CpuId(0, 0).Eax >= FeatureLeaf && X86Base.CpuId(FeatureLeaf, 0).Eax >= 1
        && AreInstructions(Avx512BW.VL.IsSupported, X86Base.CpuId(FeatureLeaf, 1).Eax, Environment.GetEnvironmentVariable("ONEDNN_MAX_CPU_ISA"));

    /// <param name="avx512">Whether processor and operating system have AVX-512.</param>
    /// <param name="features">EAX of CPUID leaf 7, subleaf 1.</param>
    /// <param name="limit">The instruction set that oneDNN is limited to; null for none.</param>
    public static bool AreInstructions(bool avx512, int features, string? limit) => avx512 && (features & Avx512BFloat16) != 0
        && (string.IsNullOrEmpty(limit) || Sufficient.Any(name => limit.Contains(name, StringComparison.OrdinalIgnoreCase)));

    /// <param name="asked"><see cref="TrainRecipe.Amp"/>.</param>
    /// <param name="begun">The <see cref="RunSettings.Precision"/> of the run that is resumed; null for a new run.</param>
    /// <param name="device">Where the network computes.</param>
    /// <param name="instructions">Whether the processor has instructions for it.</param>
    public static bool IsOn(bool? asked, string? begun, DeviceType device, bool instructions) =>
        asked ?? (begun is null ? device == DeviceType.CPU && instructions : begun != RunSettings.Off);

    /// <summary>What there is to say of it; null for nothing.</summary>
    /// <param name="isOn">Whether the network computes in it.</param>
    /// <param name="begun">As above.</param>
    /// <param name="device">Where it computes.</param>
    /// <param name="instructions">Whether the processor has instructions for it.</param>
    public static string? Note(bool isOn, string? begun, DeviceType device, bool instructions) => !isOn || device != DeviceType.CPU || instructions
        ? null
        : "warning: The network computes in bfloat16, for which this processor has no instructions (AVX512_BF16): expect 2 to 20 times the time of float32. "
            + (begun is null ? "Leave out --amp (Amp), or give --no-amp." : "The run began so; a new one computes in float32 here.");
}
