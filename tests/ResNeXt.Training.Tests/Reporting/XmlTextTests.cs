using System.Xml.Linq;

namespace ResNeXt.Training.Tests;

public sealed class XmlTextTests
{
    [Fact]
    public void Of_AnyName_IsWellFormed()
    {
        const char Half = '\uD83D', Other = '\uDE00';
        (string Name, string Expected)[] names =
        [
            ("plain <&>", "plain <&>"),
            ("a\u0001b", "a\uFFFDb"),
            ($"half {Half}", "half \uFFFD"),
            ($"{Other} half", "\uFFFD half"),
            ($"whole {Half}{Other}", $"whole {Half}{Other}"),
        ];
        foreach ((string name, string expected) in names)
        {
            var read = XElement.Parse(XmlText.Of(new XElement("p", new XAttribute("title", name), new XElement("b", name))));

            Assert.Equal((expected, expected), (read.Value, (string?)read.Attribute("title")));
        }
    }

    /// <summary>The drawing library writes XML of its own.</summary>
    [Fact]
    public void Charts_OfAnyName_AreDrawn()
    {
        Assert.Contains("\uFFFD", Show.Scatter("a\u0001b", [("a\u0001b", 0, 0)]).Content, StringComparison.Ordinal);
        Assert.Contains("\uFFFD", Show.Bars("t", "y", [("a\u0001b", 1)]).Content, StringComparison.Ordinal);
        Assert.Contains("\uFFFD", Show.Lines("t", "a\u0001b", "y", [("a\u0001b", [(0.0, 1.0), (1.0, 2.0)])]).Content, StringComparison.Ordinal);
        Assert.NotEmpty(Show.Bars("t", "y", []).Content);
    }
}
