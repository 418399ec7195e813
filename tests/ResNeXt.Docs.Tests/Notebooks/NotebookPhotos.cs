using System.Diagnostics;

namespace ResNeXt.Docs.Tests;

/// <summary>A folder to run notebooks in, with the quickstart's photos in it.</summary>
public sealed class NotebookPhotos : IDisposable
{
    public NotebookPhotos()
    {
        string configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        string quickstart = Path.Combine(RepositoryFiles.Root, "samples", "Quickstart", "bin", configuration, "net10.0", "Quickstart.dll");
        using Process process = Process.Start("dotnet", [quickstart, "draw", Path.Combine(Folder, "photos")]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("resnext-notebooks-").FullName;

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
