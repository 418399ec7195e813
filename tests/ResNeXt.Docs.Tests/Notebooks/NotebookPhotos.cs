using System.Diagnostics;
using ResNeXt.Samples.Tests;

namespace ResNeXt.Docs.Tests;

/// <summary>A folder to run notebooks in, with the quickstart's photos in it.</summary>
public sealed class NotebookPhotos : IDisposable
{
    public NotebookPhotos()
    {
        using Process process = Process.Start("dotnet", [SampleFiles.Assembly("Quickstart"), "draw", Path.Combine(Folder, "photos")]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("resnext-notebooks-").FullName;

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
