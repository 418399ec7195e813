using System.Globalization;
using System.Reflection;
using System.Xml.Linq;

namespace ResNeXt.Training;

/// <summary>Pictures, charts and tables for notebooks: <c>display(Show.Images(...))</c>.</summary>
public static class Show
{
    private const int MostRows = 200;

    /// <summary>Photos side by side, each cropped to a square, with a line below it.</summary>
    /// <param name="images">Path of an image file, and what to write below it.</param>
    /// <param name="columns">Photos in a row.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="InvalidDataException">A file is not an image, is damaged or too large.</exception>
    public static Figure Images(IEnumerable<(string Path, string Caption)> images, int columns = 6)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        return Gallery.Of([.. images.Select(image => (Gallery.Photo(image.Path), image.Caption))], columns);
    }

    /// <summary>Photos, and beside each what in it speaks for the most probable class (<see cref="HeatMap"/>): red most, yellow less.</summary>
    /// <param name="predictor">A model with activation maps: <see cref="TrainRecipe.ActivationMaps"/>.</param>
    /// <param name="images">Paths of image files.</param>
    /// <param name="columns">Pairs in a row.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="InvalidDataException">A file is not an image, is damaged or too large.</exception>
    /// <exception cref="InvalidOperationException">The model has no activation maps.</exception>
    public static Figure HeatMaps(ResNeXtPredictor predictor, IEnumerable<string> images, int columns = 3)
    {
        ArgumentNullException.ThrowIfNull(images);
        return HeatMaps(predictor, images.Select(path => (path, Path.GetFileName(path))), columns);
    }

    /// <inheritdoc cref="HeatMaps(ResNeXtPredictor, IEnumerable{string}, int)"/>
    /// <param name="predictor">A model with activation maps: <see cref="TrainRecipe.ActivationMaps"/>.</param>
    /// <param name="images">Path of an image file, and what to write below it: its true class.</param>
    /// <param name="columns">Pairs in a row.</param>
    public static Figure HeatMaps(ResNeXtPredictor predictor, IEnumerable<(string Path, string Label)> images, int columns = 3)
    {
        ArgumentNullException.ThrowIfNull(predictor);
        ArgumentNullException.ThrowIfNull(images);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        return Gallery.Of([.. images.SelectMany(image => Gallery.WithHeatMap(predictor, image.Path, image.Label))], columns * 2);
    }

    /// <summary>Lines over a common x axis.</summary>
    /// <param name="title">What is drawn.</param>
    /// <param name="x">Name and unit of the x axis.</param>
    /// <param name="y">Name and unit of the y axis.</param>
    /// <param name="lines">Names and points.</param>
    public static Figure Lines(string title, string x, string y, params (string Name, IEnumerable<(double X, double Y)> Points)[] lines) =>
        NotebookChart.Lines(title, x, y, lines);

    /// <summary>A bar for each name.</summary>
    /// <param name="title">What is drawn.</param>
    /// <param name="y">Name and unit of the values.</param>
    /// <param name="bars">Names and values.</param>
    public static Figure Bars(string title, string y, IEnumerable<(string Name, double Value)> bars)
    {
        ArgumentNullException.ThrowIfNull(bars);
        return NotebookChart.Bars(title, y, [.. bars]);
    }

    /// <summary>Points in the plane, a colour for each group.</summary>
    /// <param name="title">What is drawn.</param>
    /// <param name="points">Group and place of each.</param>
    public static Figure Scatter(string title, IEnumerable<(string Group, double X, double Y)> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        return NotebookChart.Scatter(title, [.. points]);
    }

    /// <summary>Which classes are taken for which: rows are the true classes, columns what they were taken for.</summary>
    /// <param name="matrix">ML.NET's, of <c>MulticlassClassification.Evaluate</c>.</param>
    /// <param name="labels">Names of the classes, in the order of the keys.</param>
    public static Figure Confusion(Microsoft.ML.Data.ConfusionMatrix matrix, IReadOnlyList<string> labels)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        ArgumentNullException.ThrowIfNull(labels);
        return labels.Count == matrix.NumberOfClasses
            ? ConfusionDrawing.Of(matrix.Counts, labels)
            : throw new ArgumentException(FormattableString.Invariant($"{labels.Count} labels are given for a matrix of {matrix.NumberOfClasses} classes."), nameof(labels));
    }

    /// <summary>A table: a row for each item, a column for each public property; at most 200 rows.</summary>
    /// <param name="rows">The items, of an anonymous type for one.</param>
    public static Figure Table<T>(IEnumerable<T> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        PropertyInfo[] columns = typeof(T).GetProperties();
        return Figure.Html(new XElement(
            "table",
            new XElement("thead", new XElement("tr", columns.Select(column => new XElement("th", column.Name)))),
            new XElement("tbody", rows.Take(MostRows).Select(row => new XElement("tr", columns.Select(column => new XElement("td", Text(column.GetValue(row)))))))));
    }

    private static string Text(object? value) => value switch
    {
        double number => number.ToString("0.####", CultureInfo.InvariantCulture),
        float number => number.ToString("0.####", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value?.ToString() ?? "",
    };
}
