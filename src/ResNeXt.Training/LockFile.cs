namespace ResNeXt.Training;

/// <summary>A file that says "in use" while it is held open. The system lets go of it with its process, however that ends, so no lock is stale.</summary>
internal static class LockFile
{
    /// <param name="path">The file; created when missing.</param>
    /// <param name="options"><see cref="FileOptions.DeleteOnClose"/> where nobody waits for it: a waiter and a newcomer would get a lock each.</param>
    /// <returns>Null when another process, or another part of this one, holds it.</returns>
    public static FileStream? TryTake(string path, FileOptions options = FileOptions.None)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, options);
        }
        catch (IOException exception) when ((exception.HResult & 0xFFFF) is 32 or 11 or 35) // in use: Windows, Linux, macOS
        {
            return null;
        }
    }
}
