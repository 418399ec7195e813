namespace ResNeXt.Tests;

/// <summary>The checkout that a program runs from.</summary>
internal static class RepositoryRoot
{
    /// <summary>The folder of <c>ResNeXt.sln</c>.</summary>
    public static string Path { get; } = Find();

    private static string Find()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "ResNeXt.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException("The program does not run inside a checkout.");
    }
}
