using System.Text.Json.Nodes;
using ResNeXt.Training;

namespace ResNeXt.Docs.Tests;

/// <summary>A cell of a notebook.</summary>
internal sealed class NotebookCell(JsonObject cell)
{
    public bool IsCode => cell["cell_type"]!.GetValue<string>() == "code";

    /// <summary>Whether its last figure is the notebook's picture in docs/images: the tag <c>main-figure</c>.</summary>
    public bool HasMainFigure => cell["metadata"]!["tags"] is JsonArray tags && tags.Any(tag => tag!.GetValue<string>() == "main-figure");

    public string Source => Joined(cell["source"]!);

    /// <summary>How many outputs are saved in the file.</summary>
    public int SavedOutputs => cell["outputs"]!.AsArray().Count;

    /// <summary>Puts what was displayed in place of the saved outputs.</summary>
    public void SetOutputs(int number, IReadOnlyList<object> displayed)
    {
        cell["execution_count"] = number;
        cell["outputs"] = new JsonArray([.. displayed.Select(Output)]);
    }

    private static JsonObject Output(object value)
    {
        (string mime, string content) = value is Figure figure ? (figure.MimeType, figure.Content) : ("text/plain", value.ToString()!);
        return new JsonObject { ["output_type"] = "display_data", ["data"] = new JsonObject { [mime] = Lines(content) }, ["metadata"] = new JsonObject() };
    }

    /// <summary>Lines with their ends, as nbformat has it.</summary>
    private static JsonArray Lines(string text)
    {
        string[] lines = text.Split('\n');
        return new JsonArray([.. lines.Select((line, i) => (JsonNode)(i < lines.Length - 1 ? line + "\n" : line))]);
    }

    private static string Joined(JsonNode source) => source is JsonArray lines ? string.Concat(lines.Select(line => line!.GetValue<string>())) : source.GetValue<string>();
}
