using System.Net;
using System.Xml.Linq;

namespace ResNeXt.Training;

/// <summary>A picture or a table that <see cref="Show"/> made: a notebook shows it as it is, <see cref="FigurePage"/> puts it into a file.</summary>
[TypeFormatterSource(typeof(FigureFormatters))]
public sealed class Figure
{
    private Figure(string mimeType, string content) => (MimeType, Content) = (mimeType, content);

    /// <summary>What <see cref="Content"/> is: <c>image/svg+xml</c> or <c>text/html</c>.</summary>
    public string MimeType { get; }

    /// <summary>An SVG drawing, or a piece of HTML. It loads nothing.</summary>
    public string Content { get; }

    /// <summary>The figure as a piece of a page.</summary>
    public override string ToString() => Content;

    internal static Figure Drawing(XElement svg) => new("image/svg+xml", XmlText.Of(svg));

    internal static Figure Html(XElement element) => new("text/html", XmlText.Of(element));

    internal static Figure Text(string text) => new("text/html", $"<pre>{WebUtility.HtmlEncode(text)}</pre>");
}
