using System.Xml.Linq;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace ResNeXt.Training;

/// <summary>Charts as drawings that stand by themselves.</summary>
internal static class NotebookChart
{
    private const int Width = 640;
    private const int Height = 380;

    /// <summary>Beside names: the reader's font may be wider than the one that is measured.</summary>
    private const string Room = "\u00a0\u00a0";
    private static readonly OxyColor Ink = OxyColor.Parse(Svg.Ink);
    private static readonly OxyColor Grid = OxyColor.Parse("#e3e6ea");

    /// <summary>Told apart also by those who do not see every colour (Okabe and Ito 2008).</summary>
    private static readonly OxyColor[] Colors =
    [
        OxyColor.Parse("#0072b2"), OxyColor.Parse("#d55e00"), OxyColor.Parse("#009e73"), OxyColor.Parse("#cc79a7"),
        OxyColor.Parse("#56b4e9"), OxyColor.Parse("#e69f00"), OxyColor.Parse("#8a7500"), OxyColor.Parse("#000000"),
    ];

    public static Figure Lines(string title, string x, string y, IReadOnlyList<(string Name, IEnumerable<(double X, double Y)> Points)> lines)
    {
        PlotModel model = Chart(title, Axis(AxisPosition.Bottom, x), Axis(AxisPosition.Left, y));
        foreach ((int i, (string name, IEnumerable<(double X, double Y)> points)) in lines.Index())
        {
            OxyColor color = Colors[i % Colors.Length];
            var line = new LineSeries { Title = XmlText.Known(name) + Room, Color = color, StrokeThickness = 2.5, MarkerType = MarkerType.Circle, MarkerSize = 3.5, MarkerFill = color };
            line.Points.AddRange(points.Select(point => new DataPoint(point.X, point.Y)));
            model.Series.Add(line);
        }

        return Drawing(model);
    }

    public static Figure Bars(string title, string y, IReadOnlyList<(string Name, double Value)> bars)
    {
        var names = new CategoryAxis { Position = AxisPosition.Left, TickStyle = TickStyle.None, GapWidth = 0.4, AxislineStyle = LineStyle.None };
        names.Labels.AddRange(bars.Select(bar => Room + XmlText.Known(bar.Name)).Reverse());
        LinearAxis values = Axis(AxisPosition.Bottom, y);
        values.MinimumPadding = 0;
        if (bars.All(bar => bar.Value >= 0))
        {
            values.Minimum = 0; // the length of a bar is what is read
        }

        var series = new BarSeries { FillColor = Colors[0], StrokeThickness = 0, LabelPlacement = LabelPlacement.Outside, LabelMargin = 12, LabelFormatString = "{0:0.###}" };
        series.Items.AddRange(bars.Reverse().Select(bar => new BarItem(bar.Value)));
        values.MaximumPadding = 0.12;
        PlotModel model = Chart(title, values, names);
        model.Padding = new OxyThickness(12 + (2 * bars.Select(bar => bar.Name.Length).DefaultIfEmpty().Max()), 12, 24, 8); // names are wider than they are measured
        model.Series.Add(series);
        return Drawing(model, Math.Max(160, 110 + (24 * bars.Count)));
    }

    public static Figure Scatter(string title, IReadOnlyList<(string Group, double X, double Y)> points)
    {
        PlotModel model = Chart(title, Axis(AxisPosition.Bottom, ""), Axis(AxisPosition.Left, ""));
        foreach ((int i, IGrouping<string, (string Group, double X, double Y)> group) in points.GroupBy(point => point.Group).Index())
        {
            var series = new ScatterSeries { Title = XmlText.Known(group.Key) + Room, MarkerType = MarkerType.Circle, MarkerSize = 4, MarkerFill = OxyColor.FromAColor(190, Colors[i % Colors.Length]) };
            series.Points.AddRange(group.Select(point => new ScatterPoint(point.X, point.Y)));
            model.Series.Add(series);
        }

        return Drawing(model, Width * 3 / 4);
    }

    private static PlotModel Chart(string title, Axis x, Axis y)
    {
        var model = new PlotModel
        {
            Title = XmlText.Known(title),
            TitleFontSize = 15,
            TitleFontWeight = FontWeights.Bold,
            DefaultFont = "Arial",
            DefaultFontSize = 13,
            TextColor = Ink,
            Background = OxyColors.White,
            PlotAreaBorderThickness = new OxyThickness(0, 0, 0, 1),
            PlotAreaBorderColor = Grid,
            Padding = new OxyThickness(12, 12, 24, 8),
        };
        model.Legends.Add(new Legend { LegendPlacement = LegendPlacement.Outside, LegendPosition = LegendPosition.BottomCenter, LegendOrientation = LegendOrientation.Horizontal });
        model.Axes.Add(x);
        model.Axes.Add(y);
        return model;
    }

    private static LinearAxis Axis(AxisPosition position, string title) => new()
    {
        Position = position,
        Title = XmlText.Known(title),
        AxisTitleDistance = 14, // the reader's font may be larger than the one that is measured
        MinimumPadding = 0.04,
        MaximumPadding = 0.04,
        MajorGridlineStyle = LineStyle.Solid,
        MajorGridlineColor = Grid,
        TickStyle = TickStyle.None,
    };

    private static Figure Drawing(PlotModel model, int height = Height) => Figure.Drawing(XElement.Parse(Svg.Of(model, Width, height)));
}
