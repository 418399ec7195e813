namespace ResNeXt.Training;

/// <summary>A symbol of an ELF library.</summary>
/// <param name="Address">Relative to where the library is loaded.</param>
/// <param name="Size">Bytes of the object or function.</param>
internal readonly record struct ElfSymbol(long Address, long Size);
