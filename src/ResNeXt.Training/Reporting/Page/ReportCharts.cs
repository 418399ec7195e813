using System.Text.RegularExpressions;
using System.Xml.Linq;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace ResNeXt.Training;

/// <summary>The charts of the page, as SVG elements whose colours are the page's: dark where it is dark.</summary>
internal static partial class ReportCharts
{
    private const int Width = 360;
    private const int Height = 230;

    /// <summary>What the size of texts is taken for; drawn is the page's font.</summary>
    private const string MeasuredFont = "Arial";

    // Stand-ins for colours of the style sheet; Inline puts its names in their place.
    private static readonly OxyColor Text = OxyColor.FromRgb(1, 0, 0);
    private static readonly OxyColor Soft = OxyColor.FromRgb(2, 0, 0);
    private static readonly OxyColor Line = OxyColor.FromRgb(3, 0, 0);
    private static readonly OxyColor First = OxyColor.FromRgb(4, 0, 0);
    private static readonly OxyColor Second = OxyColor.FromRgb(5, 0, 0);
    private static readonly OxyColor Third = OxyColor.FromRgb(6, 0, 0);
    private static readonly string[] Names = ["", "text", "soft", "line", "first", "second", "third"];

    /// <summary>Loss, accuracy and learning rate over the epochs.</summary>
    public static IEnumerable<XElement> Curves(IReadOnlyList<EpochMetrics> rows, CheckpointInfo info)
    {
        PlotModel loss = Chart(Epochs(rows), Axis(AxisPosition.Left));
        loss.Series.Add(Curve("training", Second, LineStyle.Dash, rows.Select(row => (row, row.TrainLoss))));
        loss.Series.Add(Curve("validation", First, LineStyle.Solid, rows.Select(row => (row, row.ValLoss))));
        EpochMetrics last = rows[^1];
        yield return Figure("loss", "Loss, nats", loss, FormattableString.Invariant($"Loss over {rows.Count} epochs, at the end {last.TrainLoss:F3} in training and {last.ValLoss:F3} in validation"));

        LinearAxis share = Axis(AxisPosition.Left);
        share.Maximum = 100;
        PlotModel accuracy = Chart(Epochs(rows), share);
        if (rows.Any(row => row.TrainTop1 is not null))
        {
            accuracy.Series.Add(Curve("training top-1", Second, LineStyle.Dash, rows.Where(row => row.TrainTop1 is not null).Select(row => (row, row.TrainTop1!.Value * 100))));
        }

        accuracy.Series.Add(Curve("validation top-1", First, LineStyle.Solid, rows.Select(row => (row, row.ValTop1 * 100))));
        if (info.Labels.Count > 5)
        {
            accuracy.Series.Add(Curve("validation top-5", Third, LineStyle.Dot, rows.Select(row => (row, row.ValTop5 * 100))));
        }

        yield return Figure("accuracy", "Accuracy, %", accuracy, FormattableString.Invariant($"Accuracy over {rows.Count} epochs, validation top-1 at best {info.BestTop1:P1} in epoch {info.BestEpoch}"));

        PlotModel rate = Chart(Epochs(rows), Axis(AxisPosition.Left));
        rate.Series.Add(Curve(null, First, LineStyle.Solid, rows.Select(row => (row, row.LearningRate))));
        yield return Figure("rate", "Learning rate", rate, FormattableString.Invariant($"Learning rate over {rows.Count} epochs, from {rows[0].LearningRate:G3} to {last.LearningRate:G3}"));
    }

    /// <summary>Accuracy over confidence, beside the number of images; the diagonal is where both agree.</summary>
    public static IEnumerable<XElement> Reliability(Calibration calibration)
    {
        PlotModel reliability = Chart(Shares(AxisPosition.Bottom, "confidence, %"), Shares(AxisPosition.Left));
        reliability.Series.Add(Bars(calibration, First, bin => bin.Count == 0 ? 0 : bin.Accuracy * 100));
        var diagonal = new LineSeries { Color = Text, LineStyle = LineStyle.Dash, StrokeThickness = 1 };
        diagonal.Points.AddRange([new DataPoint(0, 0), new DataPoint(100, 100)]);
        reliability.Series.Add(diagonal);
        yield return Figure("reliability", "Share that is right, %", reliability, FormattableString.Invariant($"Share of right images over the confidence of the network; expected calibration error {calibration.ExpectedError:P1}"));

        LinearAxis images = Axis(AxisPosition.Left);
        images.Minimum = 0;
        PlotModel counts = Chart(Shares(AxisPosition.Bottom, "confidence, %"), images);
        counts.Series.Add(Bars(calibration, Second, bin => bin.Count));
        yield return Figure("confidence", "Images", counts, "Number of images over the confidence of the network");
    }

    private static PlotModel Chart(LinearAxis x, LinearAxis y)
    {
        var model = new PlotModel
        {
            DefaultFont = MeasuredFont,
            TextColor = Soft,
            PlotAreaBorderColor = Soft,
            PlotAreaBorderThickness = new OxyThickness(0, 0, 0, 1),
            Padding = new OxyThickness(14, 8, 14, 4), // the page's font may be wider than the measured one
        };
        model.Axes.Add(x);
        model.Axes.Add(y);
        return model;
    }

    private static LinearAxis Axis(AxisPosition position, string? title = null) => new()
    {
        Position = position,
        Title = title,
        AxisTitleDistance = 8,
        MinimumPadding = 0.04,
        MaximumPadding = 0.04,
        MajorGridlineStyle = position == AxisPosition.Left ? LineStyle.Solid : LineStyle.None,
        MajorGridlineColor = Line,
        TicklineColor = Soft,
        TickStyle = position == AxisPosition.Left ? TickStyle.None : TickStyle.Outside,
        MinorTickSize = 0,
    };

    private static LinearAxis Epochs(IReadOnlyList<EpochMetrics> rows)
    {
        LinearAxis axis = Axis(AxisPosition.Bottom, "epoch");
        axis.MinimumMajorStep = 1;
        (axis.Minimum, axis.Maximum) = (rows[0].Epoch - 0.3, rows[^1].Epoch + 0.3);
        return axis;
    }

    private static LinearAxis Shares(AxisPosition position, string? title = null)
    {
        LinearAxis axis = Axis(position, title);
        (axis.Minimum, axis.Maximum, axis.MajorStep) = (0, 100, 20);
        return axis;
    }

    /// <summary>Few epochs are points on a line: a single one would not be seen without.</summary>
    private static LineSeries Curve(string? title, OxyColor color, LineStyle style, IEnumerable<(EpochMetrics Row, double Value)> points)
    {
        var series = new LineSeries { Title = title, Color = color, LineStyle = style, StrokeThickness = 2, MarkerFill = color, MarkerSize = 3 };
        series.Points.AddRange(points.Select(point => new DataPoint(point.Row.Epoch, point.Value)));
        series.MarkerType = series.Points.Count <= 20 ? MarkerType.Circle : MarkerType.None;
        return series;
    }

    private static RectangleBarSeries Bars(Calibration calibration, OxyColor color, Func<CalibrationBin, double> height)
    {
        var series = new RectangleBarSeries { FillColor = color, StrokeThickness = 0 };
        double width = 100.0 / calibration.Bins.Count;
        foreach ((int i, CalibrationBin bin) in calibration.Bins.Index())
        {
            series.Items.Add(new RectangleBarItem((i * width) + 0.5, 0, ((i + 1) * width) - 0.5, height(bin)));
        }

        return series;
    }

    private static XElement Figure(string name, string title, PlotModel model, string alt) => new(
        "figure",
        new XElement(
            "figcaption",
            title,
            from series in model.Series.OfType<LineSeries>()
            where series.Title is not null
            select new XElement("span", new XAttribute("class", $"key {series.LineStyle.ToString().ToLowerInvariant()} {Names[series.Color.R]}"), series.Title)),
        Inline(name, model, alt));

    /// <summary>The drawing as an element of the page: its width follows the page, its names are its own, its colours the page's.</summary>
    private static XElement Inline(string name, PlotModel model, string alt)
    {
        string text = Svg.Of(model, Width, Height).Replace("clipPath", "clipPath-" + name, StringComparison.Ordinal);
        text = text.Replace($"clipPath-{name} ", "clipPath ", StringComparison.Ordinal).Replace($"clipPath-{name}>", "clipPath>", StringComparison.Ordinal);
        text = text.Replace($"\"{MeasuredFont}\"", "\"inherit\"", StringComparison.Ordinal);
        XElement svg = XElement.Parse(StandIn().Replace(text, match => $"var(--{Names[match.Groups[1].ValueSpan[0] - '0']})"));
        svg.SetAttributeValue("width", null);
        svg.SetAttributeValue("height", null);
        svg.SetAttributeValue("viewBox", $"0 0 {Width} {Height}");
        svg.SetAttributeValue("role", "img");
        svg.SetAttributeValue("aria-label", alt);
        foreach (XElement part in svg.Descendants().Where(part => (string?)part.Attribute("fill") is string fill && fill.StartsWith("var", StringComparison.Ordinal)))
        {
            part.SetAttributeValue("style", $"fill:{part.Attribute("fill")!.Value}"); // an attribute knows no variables
            part.SetAttributeValue("fill", null);
        }

        return svg;
    }

    [GeneratedRegex(@"rgb\(([1-6]),0,0\)")]
    private static partial Regex StandIn();
}
