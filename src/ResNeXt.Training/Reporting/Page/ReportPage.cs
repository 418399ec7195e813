using System.Globalization;
using System.Xml.Linq;

namespace ResNeXt.Training;

/// <summary>
/// A report as one HTML page that asks for no other file: style, charts (SVG) and pictures stand in it. It is well-formed XML, too, made from
/// elements and not from text, so no name of a class or file can break it.
/// </summary>
internal static class ReportPage
{
    private static readonly string Style = ReadStyle();

    public static string Render(ClassificationReport report)
    {
        string title = $"{(report.Run is null ? "Evaluation" : "Training")} report{(report.Name.Length > 0 ? ": " : "")}{report.Name}";
        XElement[] sections = [.. Curves(report), .. ReportClasses.Sections(report), Calibration(report), .. ReportGalleries.Sections(report), Making(report)];
        var page = new XElement(
            "html",
            new XAttribute("lang", "en"),
            new XElement(
                "head",
                new XElement("meta", new XAttribute("charset", "utf-8")),
                new XElement("meta", new XAttribute("name", "viewport"), new XAttribute("content", "width=device-width, initial-scale=1")),
                new XElement("title", title),
                new XElement("style", Style)),
            new XElement(
                "body",
                new XElement("header", new XElement("h1", title), new XElement("p", new XAttribute("class", "soft"), Introduction(report)), Tiles(report)),
                new XElement("main", sections),
                new XElement("footer", new XElement("p", $"Written by resnext {(report.Run is null ? "evaluate" : "train")}. The page is complete in itself and loads nothing."))));
        return "<!DOCTYPE html>\n" + XmlText.Of(page) + "\n";
    }

    public static string Percent(double share) => double.IsFinite(share) ? share.ToString("0.0 %", CultureInfo.InvariantCulture) : "–";

    public static XElement Section(string title, params object?[] content) => new("section", new XElement("h2", title), content);

    public static XElement Paragraph(FormattableString text) => new("p", FormattableString.Invariant(text));

    private static string Introduction(ClassificationReport report) => FormattableString.Invariant(
        $"{report.Architecture} on {report.Labels.Count} classes, input {report.ImageSize} x {report.ImageSize} pixels. ") + (report.Run is CheckpointInfo run
        ? FormattableString.Invariant($"Figures are of epoch {run.BestEpoch}, the best of {run.Epoch}, on {report.Metrics.Count} validation images; that epoch was chosen on the same images.")
        : FormattableString.Invariant($"Figures are of {report.Metrics.Count} images."));

    private static XElement Tiles(ClassificationReport report)
    {
        ClassificationMetrics metrics = report.Metrics;
        (string, string, string)[] tiles =
        [
            ("top-1", Percent(metrics.Top1), FormattableString.Invariant($"{report.MistakeCount} of {metrics.Count} wrong")),
            .. report.Labels.Count > 5 ? [("top-5", Percent(metrics.Top5), "right class among five")] : Array.Empty<(string, string, string)>(),
            ("loss", metrics.Loss.ToString("F3", CultureInfo.InvariantCulture), "cross-entropy, nats"),
            ("macro F1", Percent(report.Confusion.MacroF1), "every class counts alike"),
            ("calibration error", Percent(report.Calibration.ExpectedError), "expected (ECE)"),
            .. report.Run is { History.Count: > 0 } run ? [Speed(run.History)] : Array.Empty<(string, string, string)>(),
        ];
        return new XElement(
            "dl",
            new XAttribute("class", "tiles"),
            tiles.Select(tile => new XElement("div", new XElement("dt", tile.Item1), new XElement("dd", tile.Item2, new XElement("small", tile.Item3)))));
    }

    /// <summary>Of the whole run: epochs have as many images each, and a slow one is a longer part of it.</summary>
    private static (string, string, string) Speed(IReadOnlyList<EpochMetrics> epochs)
    {
        double time = epochs.Sum(epoch => 1 / epoch.ImagesPerSecond), waiting = epochs.Sum(epoch => epoch.DataWait / epoch.ImagesPerSecond);
        return ("speed", (epochs.Count / time).ToString("F1", CultureInfo.InvariantCulture), FormattableString.Invariant($"images/s, {Percent(waiting / time)} waiting for data"));
    }

    private static IEnumerable<XElement> Curves(ClassificationReport report)
    {
        if (report.Run is CheckpointInfo run)
        {
            yield return Section(
                "Curves",
                run.History.Count == 0
                    ? Paragraph($"The run was begun by a version that kept no history.")
                    : new XElement("div", new XAttribute("class", "charts"), ReportCharts.Curves(run.History, run)));
        }
    }

    private static XElement Calibration(ClassificationReport report)
    {
        return Section(
            "Calibration",
            Paragraph($"Of the images that the network is 80 % sure of, 80 % should be right. {Verdict(report)}"),
            new XElement("div", new XAttribute("class", "charts"), ReportCharts.Reliability(report.Calibration)));
    }

    private static string Verdict(ClassificationReport report)
    {
        if (report.Temperature is not double temperature)
        {
            return "Here all are right, so these images cannot tell whether it is too sure of itself.";
        }

        string verdict = temperature switch
        {
            > 1.1 => "The network is too sure of itself",
            < 0.9 => "The network is less sure than it may be",
            _ => "The probabilities are about as they should be",
        };
        return FormattableString.Invariant(
            $"{verdict}: dividing the logits by a temperature of {temperature:F2} would give the least loss, {report.AtTemperature.Loss:F3} instead of {report.Calibration.Loss:F3}, and an expected calibration error of {Percent(report.AtTemperature.ExpectedError)} instead of {Percent(report.Calibration.ExpectedError)}. The temperature is fitted on the same images and not part of the model.");
    }

    private static XElement Making(ClassificationReport report) => Section(
        "How it was made",
        Facts(report.Facts.Select(fact => (fact.Name, fact.Value))),
        report.Run is null ? null : new XElement("details", new XElement("summary", "All settings"), Facts(report.Run.Settings.Select(pair => (pair.Key, pair.Value)))));

    private static XElement Facts(IEnumerable<(string Name, string Value)> facts) => new(
        "dl", new XAttribute("class", "facts"), facts.SelectMany(fact => new[] { new XElement("dt", fact.Name), new XElement("dd", new XElement("code", fact.Value)) }));

    private static string ReadStyle()
    {
        using Stream stream = typeof(ReportPage).Assembly.GetManifestResourceStream("report.css")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
