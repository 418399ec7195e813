using System.Reflection;
using ResNeXt.MLNet;
using ResNeXt.Training;

namespace ResNeXt.Docs.Tests;

/// <summary>docs/api is made from the comments. UPDATE_DOCS=1 writes it anew.</summary>
public sealed class ApiReferenceTests
{
    public static TheoryData<string> Assemblies => ["ResNeXt.MLNet", "ResNeXt.Training"];

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Page_OfEachAssembly_IsCurrent(string name)
    {
        string path = Path.Combine(DocumentCode.Folder, "api", name + ".md"), page = ApiReference.Of(Load(name));
        if (DocsUpdate.IsAsked)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, page);
        }

        Assert.True(File.Exists(path) && File.ReadAllText(path) == page, $"docs/api/{name}.md is not what the comments make: run this test with UPDATE_DOCS=1.");
    }

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Comments_OfPublicMembers_AreThere(string name) => Assert.Empty(ApiReference.WithoutComment(Load(name)));

    private static Assembly Load(string name) => name == "ResNeXt.MLNet" ? typeof(ResNeXtTransformer).Assembly : typeof(Trainer).Assembly;
}
