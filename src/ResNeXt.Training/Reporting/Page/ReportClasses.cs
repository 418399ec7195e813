using System.Globalization;
using System.Xml.Linq;

namespace ResNeXt.Training;

/// <summary>How each class fared: confusion matrix, and a table of precision and recall. With many classes the worst are shown.</summary>
internal static class ReportClasses
{
    private const int MostMatrixClasses = 40;
    private const int MostRows = 50;
    private const int MostPairs = 30;

    /// <summary>Longer ones may be cut on the page, and are whole in a tooltip.</summary>
    private const int LongestName = 24;

    public static IEnumerable<XElement> Sections(ClassificationReport report)
    {
        yield return ReportPage.Section("Confusions", report.Confusion.Classes <= MostMatrixClasses ? Matrix(report) : null, Pairs(report));
        yield return ReportPage.Section("Classes", Scores(report));
    }

    private static XElement Matrix(ClassificationReport report)
    {
        IReadOnlyList<string> labels = report.Labels;
        return Table(
            "confusion",
            "Rows are the true classes, columns what they were taken for; colours are shares of the row.",
            [new XElement("td", ""), .. labels.Select(label => Head("col", label))],
            labels.Select((label, row) => (IEnumerable<XElement>)[Head("row", label), .. labels.Select((_, column) => Cell(report.Confusion, row, column))]));
    }

    private static XElement Cell(ConfusionMatrix confusion, int row, int column)
    {
        int count = confusion[row, column];
        double share = count == 0 ? 0 : (double)count / confusion.Support(row);
        return new XElement(
            "td",
            row == column ? new XAttribute("class", "right") : null,
            new XAttribute("style", string.Create(CultureInfo.InvariantCulture, $"--share:{Math.Round(share * 70)}%")),
            count == 0 ? "" : count.ToString(CultureInfo.InvariantCulture));
    }

    private static XElement Pairs(ClassificationReport report)
    {
        IReadOnlyList<(int Label, int Predicted, int Count)> pairs = report.Confusion.ConfusedPairs();
        int shown = report.Confusion.Classes <= MostMatrixClasses ? 10 : MostPairs;
        return pairs.Count == 0
            ? ReportPage.Paragraph($"Nothing was confused.")
            : Table(
                "pairs",
                FormattableString.Invariant($"Most frequent confusions, {Math.Min(shown, pairs.Count)} of {pairs.Count} pairs."),
                [Head("col", "true class", "left"), Head("col", "taken for", "left"), Head("col", "images"), Head("col", "share of the class")],
                pairs.Take(shown).Select(pair => (IEnumerable<XElement>)
                [
                    Head("row", report.Labels[pair.Label]),
                    new XElement("td", new XAttribute("class", "left"), new XElement("bdi", report.Labels[pair.Predicted])),
                    Number(pair.Count),
                    new XElement("td", ReportPage.Percent((double)pair.Count / report.Confusion.Support(pair.Label))),
                ]));
    }

    private static XElement Scores(ClassificationReport report)
    {
        // A class that never came up has NaN, which sorts before all numbers: it goes last.
        ClassScore[] scores = [.. report.Confusion.Scores.OrderBy(score => double.IsNaN(score.F1) ? 2 : score.F1)];
        bool trained = report.TrainingImages.Count > 0;
        string which = scores.Length > MostRows ? FormattableString.Invariant($"The worst {MostRows} of {scores.Length} classes") : "The classes, the worst first";
        return Table(
            "scores",
            $"{which}. Precision: share of what was taken for the class that is of it. Recall: share of the class that was found. F1: harmonic mean of both.",
            [Head("col", "class", "left"), .. trained ? [Head("col", "to train on")] : Array.Empty<XElement>(), Head("col", trained ? "to validate with" : "images"), Head("col", "precision"), Head("col", "recall"), Head("col", "F1")],
            scores.Take(MostRows).Select(score => (IEnumerable<XElement>)
            [
                Head("row", report.Labels[score.Label]),
                .. trained ? [Number(report.TrainingImages[score.Label])] : Array.Empty<XElement>(),
                Number(score.Support),
                new XElement("td", ReportPage.Percent(score.Precision)),
                new XElement("td", ReportPage.Percent(score.Recall)),
                new XElement("td", ReportPage.Percent(score.F1)),
            ]));
    }

    /// <summary>A table that scrolls by itself, and by the keyboard, where it is too wide for the page.</summary>
    private static XElement Table(string style, string caption, IEnumerable<XElement> head, IEnumerable<IEnumerable<XElement>> rows) => new(
        "div",
        new XAttribute("class", "scroll"),
        new XAttribute("tabindex", "0"),
        new XElement(
            "table",
            new XAttribute("class", style),
            new XElement("caption", caption),
            new XElement("thead", new XElement("tr", head)),
            new XElement("tbody", rows.Select(row => new XElement("tr", row)))));

    private static XElement Head(string scope, string text, string? style = null) =>
        new("th", new XAttribute("scope", scope), style is null ? null : new XAttribute("class", style), text.Length > LongestName ? new XAttribute("title", text) : null, new XElement("bdi", text));

    private static XElement Number(int value) => new("td", value.ToString(CultureInfo.InvariantCulture));
}
