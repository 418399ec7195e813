namespace WebClassifier;

/// <summary>What tells a file from its successor: length and time of the last write, of the file itself where the path is a link.</summary>
internal readonly record struct FileStamp(long Length, DateTime Written)
{
    /// <returns>Null where there is no such file, or none that may be read.</returns>
    public static FileStamp? Of(string path)
    {
        try
        {
            using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return new FileStamp(RandomAccess.GetLength(handle), File.GetLastWriteTimeUtc(handle));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
