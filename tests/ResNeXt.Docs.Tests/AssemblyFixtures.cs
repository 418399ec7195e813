using ResNeXt.Docs.Tests;

[assembly: AssemblyFixture(typeof(NotebookPhotos))]
[assembly: AssemblyFixture(typeof(DocumentFolder))]
