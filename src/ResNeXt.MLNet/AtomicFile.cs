using System.Text;

namespace ResNeXt.MLNet;

/// <summary>
/// Writes a file whole or not at all: to a temporary file in the same folder, flushed to the disk, then renamed. What it replaces keeps its rights, and a link
/// leads to the new content. Pipes and devices are written to.
/// </summary>
internal static class AtomicFile
{
    /// <summary>Folders whose files stand for something that is open: to replace one would not reach that.</summary>
    private static readonly string[] SystemFolders = ["/dev/", "/proc/"];

    /// <param name="path">The file to create or replace.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="IOException">The content could not be written; what was at <paramref name="path"/> before is still there.</exception>
    public static void Write(string path, Action<FileStream> write)
    {
        string full = Path.GetFullPath(path);
        if (RegularFile.IsSpecial(full) || SystemFolders.Any(folder => full.StartsWith(folder, StringComparison.Ordinal)))
        {
            WriteThrough(path, write);
            return;
        }

        full = new FileInfo(full).LinkTarget is null ? full : File.ResolveLinkTarget(full, returnFinalTarget: true)!.FullName;
        string folder = Path.GetDirectoryName(full)!;
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"'{path}' cannot be written: folder '{folder}' does not exist. Create it first.");
        }

        string temporary = Path.Combine(folder, $".{Path.GetFileName(full)}.{Guid.NewGuid():N}.tmp");
        try
        {
            using (FileStream stream = Create(temporary, full))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, full, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Discard(temporary);
            throw new IOException($"'{path}' cannot be written: {exception.Message.Replace(temporary, full, StringComparison.Ordinal)} Check the folder's rights and the free space.", exception);
        }
        catch
        {
            Discard(temporary);
            throw;
        }
    }

    /// <inheritdoc cref="Write"/>
    /// <param name="path">The file to create or replace.</param>
    /// <param name="text">The content, written as UTF-8.</param>
    public static void WriteText(string path, string text) => Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    /// <summary>Removes what a killed process left of a file's earlier writes.</summary>
    public static void RemoveLeftovers(string path)
    {
        string full = Path.GetFullPath(path);
        foreach (string leftover in Directory.EnumerateFiles(Path.GetDirectoryName(full)!, $".{Path.GetFileName(full)}.*.tmp"))
        {
            Discard(leftover);
        }
    }

    /// <summary>A new file with the rights of the one that it will replace, from its first byte on.</summary>
    private static FileStream Create(string temporary, string replaced)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (OperatingSystem.IsWindows() || !File.Exists(replaced))
        {
            return new FileStream(temporary, options);
        }

        UnixFileMode mode = File.GetUnixFileMode(replaced);
        options.UnixCreateMode = mode & (UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var stream = new FileStream(temporary, options);
        File.SetUnixFileMode(stream.SafeFileHandle, mode); // the mask of the process takes no part in it
        return stream;
    }

    /// <summary>The content is complete before the first byte of it goes out.</summary>
    private static void WriteThrough(string path, Action<FileStream> write)
    {
        using var whole = new FileStream(
            Path.Combine(Path.GetTempPath(), $"resnext-{Guid.NewGuid():N}"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 1 << 16, FileOptions.DeleteOnClose);
        write(whole);
        whole.Flush();
        whole.Position = 0;
        try
        {
            using var target = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            whole.CopyTo(target);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"'{path}' cannot be written: {exception.Message}", exception);
        }
    }

    /// <summary>A temporary file that stays is a nuisance; it must not hide the failure that left it.</summary>
    private static void Discard(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
        }
    }
}
