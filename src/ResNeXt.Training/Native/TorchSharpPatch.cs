using System.Security.Cryptography;

namespace ResNeXt.Training;

/// <summary>
/// TorchSharp's native library for Linux asks for libstdc++ 13 because of one symbol, <c>std::ios_base_library_init()</c>, which
/// only forces the iostreams to be initialised. libtorch does that itself, so on an older libstdc++ (Debian 12, Ubuntu 22.04,
/// RHEL 9) the call may go anywhere harmless: here to <c>rand()</c> of libc. Only the one file that this was proven with is touched.
/// </summary>
internal static class TorchSharpPatch
{
    /// <summary>The version of libstdc++ that the file asks for.</summary>
    public const string NeededVersion = "GLIBCXX_3.4.32";

    /// <summary>SHA-256 of <c>libLibTorchSharp.so</c> as TorchSharp 0.107.0 ships it for linux-x64.</summary>
    public const string OriginalHash = "CF33B1B0BB6BBB9754A768FB5C5D04D9F498603BE50E73F55621A0B40EE608B8";

    /// <summary>SHA-256 of the same file after <see cref="Apply"/>.</summary>
    public const string PatchedHash = "F40538E19897BCBEADB79CD8CEC83E478E727544F2A288E02136D0CC0C468A2E";

    /// <returns>A patched copy of the library.</returns>
    /// <exception cref="InvalidDataException">It is another file than the one that this was proven with.</exception>
    public static byte[] Apply(byte[] library)
    {
        string hash = Hash(library);
        if (hash != OriginalHash)
        {
            throw new InvalidDataException($"its SHA-256 is {hash}, expected {OriginalHash} (TorchSharp 0.107.0, linux-x64)");
        }

        byte[] patched = [.. library];
        var elf = new ElfLibrary(patched);
        elf.MakeVersionWeak(NeededVersion);
        elf.Rebind("_ZSt21ios_base_library_initv", newName: "rand", existingName: "THSTensor_rand", versionOf: "free");
        return patched;
    }

    public static string Hash(byte[] library) => Convert.ToHexString(SHA256.HashData(library));
}
