using System.Buffers.Binary;
using System.Text;

namespace ResNeXt.Training;

/// <summary>
/// The parts of a 64-bit little-endian ELF shared library that symbol versioning is made of (System V ABI; GNU symbol versions).
/// It edits the bytes it was given; every offset is checked by the spans it reads through.
/// </summary>
internal sealed class ElfLibrary
{
    private const int SymbolSize = 24;
    private const ushort WeakVersion = 2; // VER_FLG_WEAK: a missing version is a warning, not an error
    private readonly byte[] _file;
    private readonly Range _symbols;
    private readonly Range _strings;
    private readonly Range _versions;
    private readonly Range _neededVersions;

    /// <exception cref="InvalidDataException">The bytes are not such a library.</exception>
    public ElfLibrary(byte[] file)
    {
        _file = file;
        if (!file.AsSpan().StartsWith("\u007fELF\u0002\u0001"u8))
        {
            throw new InvalidDataException("Not a 64-bit little-endian ELF file.");
        }

        Dictionary<string, Range> sections = ReadSections();
        _symbols = Section(".dynsym");
        _strings = Section(".dynstr");
        _versions = Section(".gnu.version");
        _neededVersions = Section(".gnu.version_r");

        Range Section(string name) => sections.TryGetValue(name, out Range range)
            ? range
            : throw new InvalidDataException($"The ELF file has no section '{name}'.");
    }

    /// <summary>Marks a needed version (<c>GLIBCXX_3.4.32</c>, say) as weak, so that the loader accepts a library that lacks it.</summary>
    public void MakeVersionWeak(string version)
    {
        Span<byte> entries = _file.AsSpan(_neededVersions);
        for (int need = 0, nextNeed = -1; nextNeed != 0; need += nextNeed)
        {
            int count = ReadUInt16(entries[(need + 2)..]);
            int entry = need + ReadInt32(entries[(need + 8)..]);
            for (int i = 0; i < count; i++)
            {
                if (StringAt(ReadInt32(entries[(entry + 8)..])) == version)
                {
                    BinaryPrimitives.WriteUInt16LittleEndian(entries[(entry + 4)..], WeakVersion);
                    return;
                }

                entry += ReadInt32(entries[(entry + 12)..]);
            }

            nextNeed = ReadInt32(entries[(need + 12)..]);
        }

        throw new InvalidDataException($"The ELF file does not need version '{version}'.");
    }

    /// <summary>
    /// Binds an imported symbol to another function: the name becomes the tail of an existing string, the version that of
    /// another imported symbol.
    /// </summary>
    /// <param name="symbol">The import to change.</param>
    /// <param name="newName">The function that is called in its place.</param>
    /// <param name="existingName">A name in the string table that ends in <paramref name="newName"/>.</param>
    /// <param name="versionOf">An import whose version the function has.</param>
    public void Rebind(string symbol, string newName, string existingName, string versionOf)
    {
        int index = SymbolIndex(symbol);
        int donor = SymbolIndex(versionOf);
        int tail = ReadInt32(_file.AsSpan(_symbols)[(SymbolIndex(existingName) * SymbolSize)..]) + existingName.Length - newName.Length;
        BinaryPrimitives.WriteInt32LittleEndian(_file.AsSpan(_symbols)[(index * SymbolSize)..], tail);
        Span<byte> versions = _file.AsSpan(_versions);
        versions.Slice(donor * 2, 2).CopyTo(versions[(index * 2)..]);
    }

    private int SymbolIndex(string name)
    {
        Span<byte> symbols = _file.AsSpan(_symbols);
        for (int i = 0; i < symbols.Length / SymbolSize; i++)
        {
            if (StringAt(ReadInt32(symbols[(i * SymbolSize)..])) == name)
            {
                return i;
            }
        }

        throw new InvalidDataException($"The ELF file has no symbol '{name}'.");
    }

    private Dictionary<string, Range> ReadSections()
    {
        ReadOnlySpan<byte> header = _file;
        int table = checked((int)BinaryPrimitives.ReadInt64LittleEndian(header[0x28..]));
        int size = ReadUInt16(header[0x3A..]);
        int count = ReadUInt16(header[0x3C..]);
        int namesIndex = ReadUInt16(header[0x3E..]);
        Range names = SectionRange(namesIndex);
        return Enumerable.Range(0, count).ToDictionary(SectionName, SectionRange);

        Range SectionRange(int index)
        {
            ReadOnlySpan<byte> section = _file.AsSpan(table + (index * size), size);
            int offset = checked((int)BinaryPrimitives.ReadInt64LittleEndian(section[0x18..]));
            return offset..checked(offset + (int)BinaryPrimitives.ReadInt64LittleEndian(section[0x20..]));
        }

        string SectionName(int index) => Text(_file.AsSpan(names)[ReadInt32(_file.AsSpan(table + (index * size)))..]);
    }

    private string StringAt(int offset) => Text(_file.AsSpan(_strings)[offset..]);

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.ASCII.GetString(bytes[..bytes.IndexOf((byte)0)]);

    private static int ReadUInt16(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private static int ReadInt32(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt32LittleEndian(bytes);
}
