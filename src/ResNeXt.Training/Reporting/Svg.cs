using System.Globalization;
using System.Text;
using System.Xml.Linq;
using OxyPlot;

namespace ResNeXt.Training;

/// <summary>Elements of SVG drawings that stand by themselves: dark on white, whatever is around them.</summary>
internal static class Svg
{
    public const string Ink = "#1a1d21";
    private const string Font = "system-ui, 'Segoe UI', 'DejaVu Sans', Arial, sans-serif";
    private static readonly XNamespace Namespace = "http://www.w3.org/2000/svg";

    public static XElement Drawing(int width, int height, IEnumerable<XElement> content) => new(
        Namespace + "svg",
        new XAttribute("width", width),
        new XAttribute("height", height),
        new XAttribute("viewBox", string.Create(CultureInfo.InvariantCulture, $"0 0 {width} {height}")),
        new XAttribute("font-family", Font),
        Element("rect", ("width", width), ("height", height), ("fill", "#fff")),
        content);

    /// <summary>A chart as the text of an SVG document.</summary>
    public static string Of(PlotModel chart, int width, int height)
    {
        using var stream = new MemoryStream();
        new SvgExporter { Width = width, Height = height }.Export(chart, stream);
        return Encoding.UTF8.GetString(stream.ToArray()).TrimStart('\uFEFF');
    }

    public static XElement Element(string name, params (string Name, object Value)[] attributes) =>
        new(Namespace + name, attributes.Select(attribute => new XAttribute(attribute.Name, Convert.ToString(attribute.Value, CultureInfo.InvariantCulture)!)));

    public static XElement Text(string text, double x, double y, double size, string anchor = "start", string fill = Ink)
    {
        XElement element = Element("text", ("x", x), ("y", y), ("font-size", size), ("text-anchor", anchor), ("fill", fill));
        element.Value = text;
        return element;
    }
}
