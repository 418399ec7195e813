using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace ResNeXt.Docs.Tests;

/// <summary>The XML comments of an assembly, as Markdown.</summary>
internal sealed partial class ApiComments
{
    private readonly Dictionary<string, XElement> _members;

    public ApiComments(Assembly assembly) => _members = XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml"))
        .Descendants("member").ToDictionary(member => member.Attribute("name")!.Value);

    public bool Has(string id) => _members.ContainsKey(id);

    /// <summary>A part of a member's comment (<c>summary</c>, <c>value</c>, ...), or nothing; a comment that is inherited is looked up.</summary>
    public string Part(string id, string part) => Find(id)?.Element(part) is XElement found ? Markdown(found) : Inherited(id) is string other ? Part(other, part) : "";

    /// <summary>Named parts: parameters and exceptions.</summary>
    public IEnumerable<(string Name, string Text)> Parts(string id, string part, string attribute)
    {
        (string, string)[] own = [.. (Find(id)?.Elements(part) ?? []).Select(element => (ShortName(element.Attribute(attribute)!.Value), Markdown(element)))];
        return own.Length == 0 && Inherited(id) is string other ? Parts(other, part, attribute) : own;
    }

    private XElement? Find(string id) => _members.GetValueOrDefault(id);

    private string? Inherited(string id) => Find(id)?.Element("inheritdoc")?.Attribute("cref")?.Value;

    private static string Markdown(XElement element) => Spaces().Replace(string.Concat(element.Nodes().Select(Markdown)), " ").Trim();

    private static string Markdown(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "see" or "paramref" or "typeparamref" } reference => $"`{ShortName((reference.Attribute("cref") ?? reference.Attribute("langword") ?? reference.Attribute("name"))!.Value)}`",
        XElement { Name.LocalName: "c" or "code" } code => $"`{code.Value.Trim()}`",
        XElement { Name.LocalName: "listheader" } => "",
        XElement { Name.LocalName: "item" } item => $"{string.Join(": ", item.Elements().Select(Markdown))}. ",
        XElement other => Markdown(other),
        _ => "",
    };

    /// <summary>The last name of a reference: <c>M:ResNeXt.MLNet.HeatMap.Of(System.Int32)</c> is <c>HeatMap.Of</c>.</summary>
    private static string ShortName(string reference)
    {
        string name = reference.Split('(')[0].Split('`')[0];
        string[] parts = (name.Length > 2 && name[1] == ':' ? name[2..] : name).Split('.');
        return (name.Length > 1 && name[0] is not 'T' && name[1] == ':' && parts.Length > 1 ? string.Join('.', parts[^2..]) : parts[^1]).Replace(".#ctor", "", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
