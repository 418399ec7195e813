namespace ResNeXt.Training;

/// <summary>A file with a path on each line, read as it is asked for: it may be long, and come out of a pipe.</summary>
internal static class TextList
{
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is a folder, a device, or no text.</exception>
    public static IEnumerable<string> Read(string path)
    {
        if (Directory.Exists(path))
        {
            throw new InvalidDataException($"List '{path}' is a folder: expected a text file with a path on each line.");
        }

        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"List '{path}' does not exist: expected a text file with a path on each line.");
        }

        RegularFile.RefuseDevice(path);
        return Lines(path, File.ReadLines(path));
    }

    /// <summary>Lines without the blanks around them, and without empty ones.</summary>
    public static IEnumerable<string> Lines(string name, IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            if (line.Contains('\0', StringComparison.Ordinal))
            {
                throw new InvalidDataException($"'{name}' is no text: expected a path on each line.");
            }

            if (line.Trim() is { Length: > 0 } path)
            {
                yield return path;
            }
        }
    }
}
