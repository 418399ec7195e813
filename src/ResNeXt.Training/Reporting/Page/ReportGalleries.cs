using System.Xml.Linq;

namespace ResNeXt.Training;

/// <summary>The pictures of the page: mistakes, what the network saw, and where it looks.</summary>
internal static class ReportGalleries
{
    /// <summary>Below this edge pixels are shown as squares, not as blur.</summary>
    private const int Small = 64;

    public static IEnumerable<XElement> Sections(ClassificationReport report)
    {
        bool small = report.ImageSize < Small;
        yield return ReportPage.Section(
            "Worst mistakes",
            report.Mistakes.Count == 0
                ? ReportPage.Paragraph($"There are none.")
                : ReportPage.Paragraph($"The {report.Mistakes.Count} of {report.MistakeCount} wrong images whose true class the network thought least probable. Wrong labels are found here first."),
            Gallery("gallery", small, report.Mistakes.Select(Mistake)));
        if (report.Augmented.Count > 0)
        {
            yield return ReportPage.Section(
                "What the network saw",
                ReportPage.Paragraph($"The first training images of the first epoch, as augmentation made them. A person should still be able to tell the classes."),
                Gallery("gallery", small, report.Augmented.Select(image => Figure(Picture(image.Address, $"training image of class {image.Label}"), image.Label))));
        }

        yield return ReportPage.Section(
            "Where it looks",
            report.Activations.Count == 0 && report.Run is null
                ? ReportPage.Paragraph($"The model gives no activation maps: train or export it with --activation-maps.")
                : report.Activations.Count == 0
                ? ReportPage.Paragraph($"The last maps of this network have a single place at an input of {report.ImageSize} pixels, so there is nothing to show.")
                : ReportPage.Paragraph($"Images, right ones first, and what in them spoke for the predicted class (Grad-CAM on the last stage): red most, yellow less."),
            Gallery("gallery pairs", small, report.Activations.Select(Activation)));
    }

    private static XElement Mistake(ScoredReportImage image) => Figure(
        Picture(image.Address, $"{Path.GetFileName(image.Path)}: {image.Label}, taken for {image.Predicted}"),
        new XElement("strong", Isolated(image.Label)),
        $" {ReportPage.Percent(image.LabelProbability)}",
        new XElement("br"),
        "taken for ",
        Isolated(image.Predicted),
        $" {ReportPage.Percent(image.Probability)}",
        new XElement("br"),
        new XElement("span", new XAttribute("class", "soft"), Path.GetFileName(image.Path)));

    private static XElement Activation(ScoredReportImage image) => Figure(
        new XElement(
            "div",
            new XAttribute("class", "pair"),
            Picture(image.Address, $"image of class {image.Label}"),
            Picture(image.Overlay!, $"the same with the places coloured that spoke for {image.Predicted}")),
        new XElement("strong", Isolated(image.Label)),
        image.IsRight ? "" : ", taken for ",
        image.IsRight ? "" : Isolated(image.Predicted),
        $" {ReportPage.Percent(image.Probability)}");

    /// <summary>A name that is written from right to left turns nothing around it.</summary>
    private static XElement Isolated(string name) => new("bdi", name);

    private static XElement Gallery(string style, bool small, IEnumerable<XElement> figures) =>
        new("ul", new XAttribute("class", small ? style + " small" : style), figures.Select(figure => new XElement("li", figure)), "");

    private static XElement Figure(XElement picture, params object[] caption) => new("figure", picture, new XElement("figcaption", caption));

    private static XElement Picture(string address, string alt) => new("img", new XAttribute("src", address), new XAttribute("alt", alt));
}
