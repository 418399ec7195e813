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
    private const int Pipe = 0x1000;
    private const int Socket = 0xC000;

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

    /// <summary>A list may come out of a pipe, but not out of what never ends.</summary>
    /// <exception cref="InvalidDataException">It is a device.</exception>
    public static void RefuseDevice(string path)
    {
        if (!OperatingSystem.IsWindows() && KindOf(path) is not (null or Regular or Folder or Pipe or Socket))
        {
            throw new InvalidDataException($"'{path}' is a device: expected a file.");
        }
    }

    /// <summary>Whether a path leads to something that is neither a file with a length nor a folder. Links are followed.</summary>
    public static bool IsSpecial(string path) => OperatingSystem.IsWindows()
        ? path.StartsWith(@"\\.\", StringComparison.Ordinal)
        : KindOf(path) is not (null or Regular or Folder);

    /// <returns>Null where there is nothing.</returns>
    private static int? KindOf(string path)
    {
        // .NET's own wrapper of stat: its flags, then the mode, whatever follows in later releases.
        Span<byte> status = stackalloc byte[512];
        byte[] name = Encoding.UTF8.GetBytes(path + '\0');
        fixed (byte* namePointer = name, statusPointer = status)
        {
            return Stat(namePointer, statusPointer) == 0 ? BinaryPrimitives.ReadInt32LittleEndian(status[sizeof(int)..]) & KindMask : null;
        }
    }

    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_Stat")]
    private static partial int Stat(byte* path, byte* status);
}
