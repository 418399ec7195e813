using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ResNeXt.Docs.Tests;

/// <summary>A notebook file (nbformat 4), changed in nothing but the outputs of its cells.</summary>
internal sealed class Notebook
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, IndentSize = 1, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly JsonNode _root;

    private Notebook(string path, JsonNode root) => (Path, _root) = (path, root);

    public static string Folder { get; } = System.IO.Path.Combine(RepositoryFiles.Root, "notebooks");

    public string Path { get; }

    /// <summary>The name that its twin has, too.</summary>
    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    public IReadOnlyList<NotebookCell> Cells => [.. _root["cells"]!.AsArray().Select(cell => new NotebookCell(cell!.AsObject()))];

    /// <summary>Name of the kernel that it asks for.</summary>
    public string Kernel => _root["metadata"]!["kernelspec"]!["name"]!.GetValue<string>();

    public static IReadOnlyList<Notebook> All() => [.. Directory.GetFiles(Folder, "*.ipynb").Order(StringComparer.Ordinal).Select(Read)];

    public static Notebook Read(string path) => new(path, JsonNode.Parse(File.ReadAllText(path))!);

    public void Save() => File.WriteAllText(Path, _root.ToJsonString(Json) + "\n");
}
