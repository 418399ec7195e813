using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using System.Text;

namespace ResNeXt.Training;

/// <summary>
/// The full symbol table (<c>.symtab</c>) of a 64-bit little-endian ELF file: it names also what the library does not export.
/// The file may be larger than memory: only this table and its strings are looked at, where they lie.
/// </summary>
internal static class ElfSymbols
{
    private const int HeaderSize = 64;
    private const int SectionSize = 64;
    private const int SymbolSize = 24;
    private const int SymbolTable = 2; // SHT_SYMTAB

    /// <summary>Finds symbols by their mangled names.</summary>
    /// <returns>As many as names; null for each that the table lacks.</returns>
    /// <exception cref="InvalidDataException">The file is not such a library, or is cut off.</exception>
    public static ElfSymbol?[] Find(string path, params IReadOnlyList<string> names)
    {
        using FileStream file = File.OpenRead(path);
        Span<byte> header = stackalloc byte[HeaderSize];
        Read(file, 0, header);
        int sectionCount = ReadUInt16(header[0x3C..]);
        if (!header.StartsWith("\u007fELF\u0002\u0001"u8) || ReadUInt16(header[0x3A..]) != SectionSize)
        {
            throw new InvalidDataException($"'{path}' is not a 64-bit little-endian ELF file.");
        }

        byte[] sections = new byte[sectionCount * SectionSize];
        Read(file, ReadInt64(header[0x28..]), sections);
        for (int start = 0; start < sections.Length; start += SectionSize)
        {
            ReadOnlySpan<byte> section = sections.AsSpan(start, SectionSize);
            if (ReadInt32(section[0x04..]) == SymbolTable)
            {
                int strings = ReadInt32(section[0x28..]);
                return strings >= 0 && strings < sectionCount
                    ? Find(file, section, sections.AsSpan(strings * SectionSize, SectionSize), names)
                    : throw new InvalidDataException($"'{path}' has the names of its symbols in section {strings}, expected less than {sectionCount}.");
            }
        }

        return new ElfSymbol?[names.Count];
    }

    private static ElfSymbol?[] Find(
        FileStream file, ReadOnlySpan<byte> symbolSection, ReadOnlySpan<byte> stringSection, IReadOnlyList<string> names)
    {
        using MemoryMappedFile mapped = MemoryMappedFile.CreateFromFile(
            file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        int[] nameOffsets = new int[names.Count];
        using (var strings = new Section(mapped, file.Length, stringSection))
        {
            for (int i = 0; i < nameOffsets.Length; i++)
            {
                nameOffsets[i] = strings.Bytes.IndexOf(Encoding.ASCII.GetBytes($"\0{names[i]}\0")) + 1; // offset 0 is the empty name
            }
        }

        var found = new ElfSymbol?[names.Count];
        using var symbols = new Section(mapped, file.Length, symbolSection);
        for (ReadOnlySpan<byte> rest = symbols.Bytes; rest.Length >= SymbolSize; rest = rest[SymbolSize..])
        {
            int name = ReadInt32(rest);
            int index = name == 0 ? -1 : Array.IndexOf(nameOffsets, name);
            if (index >= 0 && ReadUInt16(rest[6..]) != 0) // section 0: imported, not defined here
            {
                found[index] = new ElfSymbol(ReadInt64(rest[8..]), ReadInt64(rest[16..]));
            }
        }

        return found;
    }

    private static void Read(FileStream file, long offset, Span<byte> bytes)
    {
        if (offset < 0 || offset > file.Length - bytes.Length)
        {
            throw new InvalidDataException($"'{file.Name}' is cut off: it has {file.Length} bytes, expected {bytes.Length} at {offset}.");
        }

        file.Position = offset;
        file.ReadExactly(bytes);
    }

    private static int ReadUInt16(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private static int ReadInt32(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt32LittleEndian(bytes);

    private static long ReadInt64(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt64LittleEndian(bytes);

    /// <summary>A section, in memory as long as this lives.</summary>
    private sealed unsafe class Section : IDisposable
    {
        private readonly MemoryMappedViewAccessor _view;
        private readonly byte* _start;
        private readonly int _length;

        public Section(MemoryMappedFile mapped, long fileLength, ReadOnlySpan<byte> header)
        {
            long offset = ReadInt64(header[0x18..]);
            long length = ReadInt64(header[0x20..]);
            if (offset < 0 || length is <= 0 or > int.MaxValue || offset > fileLength - length)
            {
                throw new InvalidDataException(
                    $"A section of the ELF file is cut off: the file has {fileLength} bytes, expected {length} at {offset}.");
            }

            _view = mapped.CreateViewAccessor(offset, length, MemoryMappedFileAccess.Read);
            _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
            _start += _view.PointerOffset;
            _length = (int)length;
        }

        public ReadOnlySpan<byte> Bytes => new(_start, _length);

        public void Dispose()
        {
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.Dispose();
        }
    }
}
