using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace ResNeXt.MLNet;

/// <summary>
/// Files that have a length and an end: an image or a model is looked for in no other. To open a pipe waits for a writer, beyond any signal, and a device
/// may never end.
/// </summary>
internal static unsafe partial class RegularFile
{
    private const int KindMask = 0xF000;
    private const int Regular = 0x8000;
    private const int Folder = 0x4000;

    /// <summary>Opens a file to read it.</summary>
    /// <exception cref="InvalidDataException">It is a pipe or a device.</exception>
    /// <exception cref="IOException">It is not there, or cannot be read.</exception>
    public static FileStream OpenRead(string path) => File.OpenRead(Require(path));

    /// <inheritdoc cref="OpenRead"/>
    public static byte[] ReadAllBytes(string path) => File.ReadAllBytes(Require(path));

    /// <returns>The path.</returns>
    /// <exception cref="InvalidDataException">It leads to a pipe or a device.</exception>
    public static string Require(string path) => IsSpecial(path)
        ? throw new InvalidDataException($"'{path}' is a pipe or a device: expected a regular file. Write what it gives to a file first.")
        : path;

    /// <summary>Whether a path leads to something that is neither a file with a length nor a folder. Links are followed.</summary>
    public static bool IsSpecial(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return path.StartsWith(@"\\.\", StringComparison.Ordinal);
        }

        // .NET's own wrapper of stat: its flags, then the mode, whatever follows in later releases.
        Span<byte> status = stackalloc byte[512];
        byte[] name = Encoding.UTF8.GetBytes(path + '\0');
        fixed (byte* namePointer = name, statusPointer = status)
        {
            return Stat(namePointer, statusPointer) == 0 && (BinaryPrimitives.ReadInt32LittleEndian(status[sizeof(int)..]) & KindMask) is not (Regular or Folder);
        }
    }

    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_Stat")]
    private static partial int Stat(byte* path, byte* status);
}
