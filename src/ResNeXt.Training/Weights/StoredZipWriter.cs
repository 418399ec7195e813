using System.Text;

namespace ResNeXt.Training;

/// <summary>
/// Writes a zip whose members are stored and begin at multiples of 64 bytes, so that readers may map them; .NET's own writer offers no
/// alignment. Each member is produced twice, for its checksum and for the file, and never held.
/// </summary>
/// <remarks>APPNOTE 6.3.2 without ZIP64: an archive of 4 GiB or 65,535 members is refused.</remarks>
internal static class StoredZipWriter
{
    private const int Alignment = 64, LocalHeaderBytes = 30, ExtraHeaderBytes = 4;
    private const ushort Version = 20, Utf8Names = 1 << 11, January1980 = 0x21;
    private const ushort Padding = 0x4246; // "FB", the extra field that PyTorch pads with

    /// <param name="stream">Receives the file.</param>
    /// <param name="members">Paths with slashes, and what writes the content, the same each time.</param>
    public static void Write(Stream stream, IReadOnlyList<(string Name, Action<Stream> Write)> members)
    {
        using var output = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        using var directoryBytes = new MemoryStream();
        using var directory = new BinaryWriter(directoryBytes);
        long position = 0;
        foreach ((string name, Action<Stream> write) in members)
        {
            using var content = new Crc32Stream();
            write(content);
            byte[] utf8 = Encoding.UTF8.GetBytes(name);
            long header = position + LocalHeaderBytes + utf8.Length + ExtraHeaderBytes;
            int pad = (int)((Alignment - (header % Alignment)) % Alignment);
            if (header + pad + content.Length + directoryBytes.Length >= uint.MaxValue || members.Count >= ushort.MaxValue)
            {
                throw new NotSupportedException("Weights of 4 GiB or more, or of 65,000 tensors, cannot be saved as .pth: save them as .safetensors.");
            }

            output.Write(0x04034B50);
            WriteFields(output, content, utf8);
            output.Write((ushort)(ExtraHeaderBytes + pad));
            output.Write(utf8);
            output.Write(Padding);
            output.Write((ushort)pad);
            output.Write(new byte[pad]);
            output.Flush();
            write(stream);

            directory.Write(0x02014B50);
            directory.Write(Version);
            WriteFields(directory, content, utf8);
            directory.Write(new byte[12]); // no extra field, comment, disk or attributes
            directory.Write((uint)position);
            directory.Write(utf8);
            position = header + pad + content.Length;
        }

        output.Write(directoryBytes.ToArray());
        output.Write(0x06054B50);
        output.Write(0); // one disk
        output.Write((ushort)members.Count);
        output.Write((ushort)members.Count);
        output.Write((uint)directoryBytes.Length);
        output.Write((uint)position);
        output.Write((ushort)0);
    }

    /// <summary>What a local header and the directory have in common.</summary>
    private static void WriteFields(BinaryWriter output, Crc32Stream checksum, byte[] name)
    {
        output.Write(Version);
        output.Write(Utf8Names);
        output.Write((ushort)0); // stored
        output.Write((ushort)0);
        output.Write(January1980);
        output.Write(checksum.Value);
        output.Write((uint)checksum.Length);
        output.Write((uint)checksum.Length);
        output.Write((ushort)name.Length);
    }
}
