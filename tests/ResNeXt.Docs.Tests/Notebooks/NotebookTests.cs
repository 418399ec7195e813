using System.Diagnostics;
using System.Xml.Linq;
using ResNeXt.Training;

namespace ResNeXt.Docs.Tests;

/// <summary>Every cell of every notebook runs. UPDATE_DOCS=1 saves what it displays in the notebook, and one figure of each in docs/images.</summary>
public sealed class NotebookTests(NotebookPhotos photos)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    public static TheoryData<string> Names => [.. Notebook.All().Select(notebook => notebook.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Cells_InOrder_ShowWhatIsSaved(string name)
    {
        var notebook = Notebook.Read(Path.Combine(Notebook.Folder, name + ".ipynb"));
        var runner = new NotebookRunner();
        var time = Stopwatch.StartNew();
        string before = Directory.GetCurrentDirectory();
        Directory.SetCurrentDirectory(photos.Folder);
        try
        {
            foreach ((int i, NotebookCell cell) in notebook.Cells.Where(cell => cell.IsCode).Index())
            {
                IReadOnlyList<object> displayed = await runner.RunAsync(cell.Source);
                if (DocsUpdate.IsAsked)
                {
                    cell.SetOutputs(i + 1, displayed);
                    SaveMainFigure(notebook, cell, displayed);
                }

                Assert.Equal(cell.SavedOutputs, displayed.Count);
                Assert.All(displayed.OfType<Figure>(), figure => Assert.NotEmpty(XElement.Parse(figure.Content).Elements()));
            }
        }
        finally
        {
            Directory.SetCurrentDirectory(before);
        }

        Assert.True(File.Exists(MainFigure(notebook)), $"{name} has no picture in docs/images: tag a cell with main-figure and run this test with UPDATE_DOCS=1.");
        Assert.True(time.Elapsed < Limit, $"{name} took {time.Elapsed}: promised are {Limit}.");
        if (DocsUpdate.IsAsked)
        {
            notebook.Save();
        }
    }

    [Fact]
    public void Packages_OfTheFirstCells_AreThoseOfThisVersion()
    {
        XDocument versions = XDocument.Load(Path.Combine(RepositoryFiles.Root, "Directory.Packages.props")), properties = XDocument.Load(Path.Combine(RepositoryFiles.Root, "Directory.Build.props"));
        var known = versions.Descendants("PackageVersion").ToDictionary(package => package.Attribute("Include")!.Value, package => package.Attribute("Version")!.Value);
        known["ResNeXt.Training"] = known["ResNeXt.MLNet"] = properties.Descendants("Version").Single().Value;
        known["TorchSharp-cpu"] = known["TorchSharp"];
        foreach (Notebook notebook in Notebook.All())
        {
            Assert.Equal(".net-csharp", notebook.Kernel);
            Assert.NotEmpty(NotebookRunner.Packages(notebook.Cells.First(cell => cell.IsCode).Source));
            Assert.All(NotebookRunner.Packages(notebook.Cells.First(cell => cell.IsCode).Source), package => Assert.Equal(known[package.Package], package.Version));
        }
    }

    private static string MainFigure(Notebook notebook) => Path.Combine(DocumentCode.Folder, "images", notebook.Name + ".svg");

    private static void SaveMainFigure(Notebook notebook, NotebookCell cell, IReadOnlyList<object> displayed)
    {
        if (cell.HasMainFigure)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(MainFigure(notebook))!);
            File.WriteAllText(MainFigure(notebook), displayed.OfType<Figure>().Last().Content + "\n");
        }
    }
}
