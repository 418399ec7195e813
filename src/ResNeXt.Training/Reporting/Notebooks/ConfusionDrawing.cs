using System.Globalization;
using System.Xml.Linq;

namespace ResNeXt.Training;

/// <summary>A confusion matrix as a drawing: the colour of a cell is its share of the row, blue where right, orange where wrong.</summary>
internal static class ConfusionDrawing
{
    private const int Cell = 44;
    private const int LetterWidth = 8;
    private const int LongestLabel = 18;

    public static Figure Of(IReadOnlyList<IReadOnlyList<double>> counts, IReadOnlyList<string> labels)
    {
        int margin = 24 + (LetterWidth * Math.Min(LongestLabel, labels.Max(label => label.Length))), edge = labels.Count * Cell;
        return Figure.Drawing(Svg.Drawing(margin + edge + 12, margin + edge + 12, Rows(counts, labels, margin)));
    }

    private static IEnumerable<XElement> Rows(IReadOnlyList<IReadOnlyList<double>> counts, IReadOnlyList<string> labels, int margin)
    {
        for (int row = 0; row < labels.Count; row++)
        {
            int middle = margin + (row * Cell) + (Cell / 2);
            string label = labels[row].Length <= LongestLabel ? labels[row] : labels[row][..(LongestLabel - 1)] + "…";
            yield return Svg.Text(label, margin - 8, middle + 4, 13, "end");
            XElement column = Svg.Text(label, 0, 0, 13);
            column.SetAttributeValue("transform", string.Create(CultureInfo.InvariantCulture, $"translate({middle + 4} {margin - 8}) rotate(-90)"));
            yield return column;

            double all = Math.Max(1, counts[row].Sum());
            for (int cell = 0; cell < labels.Count; cell++)
            {
                int left = margin + (cell * Cell);
                double count = counts[row][cell];
                yield return Svg.Element(
                    "rect", ("x", left + 1), ("y", middle - (Cell / 2) + 1), ("width", Cell - 2), ("height", Cell - 2), ("rx", 4),
                    ("fill", row == cell ? "#1f6fc4" : "#d4661f"), ("fill-opacity", Math.Round(0.06 + (0.74 * count / all), 3)));
                if (count > 0)
                {
                    yield return Svg.Text(count.ToString("0", CultureInfo.InvariantCulture), left + (Cell / 2), middle + 4, 13, "middle", count > all / 2 ? "#fff" : Svg.Ink);
                }
            }
        }
    }
}
