namespace ResNeXt.Tests;

/// <summary>Files of the checkout that the tests run from, and data that may stand beside it.</summary>
internal static class RepositoryFiles
{
    /// <summary>The folder of <c>ResNeXt.sln</c>.</summary>
    public static string Root => RepositoryRoot.Path;

    /// <summary>A folder beside the checkout with photos that are not part of it; the test is skipped where it is missing.</summary>
    public static string DataOrSkip(string name)
    {
        string folder = Path.GetFullPath(Path.Combine(Root, "..", "shared", "data", name));
        Assert.SkipUnless(Directory.Exists(folder), $"The data set '{name}' is not on this machine.");
        return folder;
    }
}
