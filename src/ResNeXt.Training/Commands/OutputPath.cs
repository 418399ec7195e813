namespace ResNeXt.Training;

/// <summary>Where a verb writes to.</summary>
internal static class OutputPath
{
    /// <summary>A file that is read must not be replaced by what comes of it.</summary>
    /// <param name="option">What names the file.</param>
    /// <param name="path">The file; null for none.</param>
    /// <param name="inputs">Files that the verb reads.</param>
    /// <exception cref="UsageException">It is one of them.</exception>
    public static void RequireNew(string option, string? path, params IEnumerable<string?> inputs)
    {
        if (path is not null && inputs.OfType<string>().FirstOrDefault(input => Real(input) == Real(path)) is string same)
        {
            throw new UsageException($"{option} '{path}' is '{same}', which is read: expected another file.");
        }
    }

    /// <summary>A validator: the file's extension is one of these.</summary>
    public static void RequireExtension(System.CommandLine.Parsing.OptionResult result, params ReadOnlySpan<string> extensions)
    {
        string? path = result.GetValueOrDefault<string?>();
        bool isDevice = path is not null && (path.StartsWith("/dev/", StringComparison.Ordinal) || RegularFile.IsSpecial(path));
        foreach (string extension in extensions)
        {
            isDevice |= path?.EndsWith(extension, StringComparison.OrdinalIgnoreCase) is true;
        }

        if (path is not null && !isDevice)
        {
            result.AddError($"Output '{path}' has an unknown format: expected a name that ends in {string.Join(" or ", extensions.ToArray())}.");
        }
    }

    private static string Real(string path)
    {
        var file = new FileInfo(path);
        return file.LinkTarget is null ? file.FullName : file.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
    }
}
