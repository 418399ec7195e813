namespace ResNeXt.Training;

/// <summary>A folder that is about to be written to.</summary>
internal static class WritableFolder
{
    /// <summary>Creates it and proves that it takes files.</summary>
    /// <exception cref="IOException">It does not, or a file has its name.</exception>
    /// <exception cref="UnauthorizedAccessException">It must not be written to.</exception>
    public static void Prove(string folder)
    {
        Directory.CreateDirectory(folder);
        string probe = Path.Combine(folder, $".{Guid.NewGuid():N}.tmp");
        File.WriteAllText(probe, "");
        File.Delete(probe);
    }
}
