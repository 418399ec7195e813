namespace ResNeXt.Docs.Tests;

/// <summary>The twin of each notebook is made from it, builds and runs.</summary>
public sealed class NotebookTwinTests(NotebookPhotos photos)
{
    public static TheoryData<string> Names => NotebookTests.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Twin_OfEachNotebook_IsCurrent(string name)
    {
        var notebook = Notebook.Read(Path.Combine(Notebook.Folder, name + ".ipynb"));
        string twin = NotebookTwin.PathOf(notebook), text = NotebookTwin.Of(notebook);
        if (DocsUpdate.IsAsked)
        {
            File.WriteAllText(twin, text);
        }

        Assert.True(File.Exists(twin) && File.ReadAllText(twin) == text, $"notebooks/{name}.cs is not what its notebook makes: run this test with UPDATE_DOCS=1.");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Twin_AsAProgram_WritesItsPage(string name)
    {
        string output = await DotNet.RunAsync(photos.Folder, "run", "-c", "Release", Path.Combine(Notebook.Folder, name + ".cs"));

        Assert.Contains("Look at ", output, StringComparison.Ordinal);
        Assert.InRange(new FileInfo(Path.Combine(photos.Folder, name + ".html")).Length, 2_000, 3_000_000);
    }
}
