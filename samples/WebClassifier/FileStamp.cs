namespace WebClassifier;

/// <summary>What tells a file from its successor: length and time of the last write, of the file itself where the path is a link.</summary>
internal readonly record struct FileStamp(long Length, DateTime Written)
{
    /// <returns>Null where there is no such file, or none that may be looked at.</returns>
    public static FileStamp? Of(string path)
    {
        try
        {
            var file = new FileInfo(path); // not opened: a pipe would never open
            file = file.LinkTarget is null ? file : (FileInfo)file.ResolveLinkTarget(returnFinalTarget: true)!;
            return file.Exists ? new FileStamp(file.Length, file.LastWriteTimeUtc) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
