using System.Globalization;
using System.Text;

namespace ResNeXt.Training;

/// <summary>A learning-rate sweep as files: a table for programs, a picture for people.</summary>
internal static class LearningRatePlot
{
    private const double Left = 60, Top = 20, Width = 600, Height = 300;

    public static string ToCsv(LearningRateSweep sweep)
    {
        var csv = new StringBuilder("learningRate,loss,smoothedLoss\n");
        foreach (LearningRatePoint point in sweep.Points)
        {
            csv.Append(CultureInfo.InvariantCulture, $"{point.LearningRate:G9},{point.Loss:G9},{point.SmoothedLoss:G9}\n");
        }

        return csv.ToString();
    }

    /// <summary>Losses as points, the smoothed loss as a line, the suggestion as a dashed one; the rate on a logarithmic axis.</summary>
    public static string ToSvg(LearningRateSweep sweep)
    {
        double first = Math.Log10(sweep.Points[0].LearningRate), decades = Math.Max(Math.Log10(sweep.Points[^1].LearningRate) - first, 1e-9);
        double lowest = sweep.Points.Min(point => point.Loss), range = Math.Max(sweep.Points.Max(point => point.Loss) - lowest, 1e-9);
        var svg = new StringBuilder();
        Add($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 700 370\" font-family=\"sans-serif\" font-size=\"12\">");
        Add($"<rect width=\"700\" height=\"370\" fill=\"white\"/><rect x=\"{Left}\" y=\"{Top}\" width=\"{Width}\" height=\"{Height}\" fill=\"none\" stroke=\"gray\"/>");
        for (int decade = (int)Math.Ceiling(first); decade <= first + decades; decade++)
        {
            double x = X(Math.Pow(10, decade));
            Add($"<path d=\"M{x:F1} {Top}v{Height}\" stroke=\"lightgray\"/><text x=\"{x:F1}\" y=\"{Top + Height + 16}\" text-anchor=\"middle\">1e{decade}</text>");
        }

        Add($"<text x=\"{Left - 6}\" y=\"{Top + Height}\" text-anchor=\"end\">{lowest:G3}</text><text x=\"{Left - 6}\" y=\"{Top + 10}\" text-anchor=\"end\">{lowest + range:G3}</text>");
        Add($"<text x=\"{Left + (Width / 2)}\" y=\"{Top + Height + 36}\" text-anchor=\"middle\">learning rate</text><text x=\"{Left}\" y=\"14\">loss</text>");
        foreach (LearningRatePoint point in sweep.Points)
        {
            Add($"<circle cx=\"{X(point.LearningRate):F1}\" cy=\"{Y(point.Loss):F1}\" r=\"2\" fill=\"silver\"/>");
        }

        string line = string.Join(' ', sweep.Points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{X(point.LearningRate):F1},{Y(point.SmoothedLoss):F1}")));
        Add($"<polyline points=\"{line}\" fill=\"none\" stroke=\"steelblue\" stroke-width=\"2\"/>");
        if (sweep.Suggestion is double rate)
        {
            Add($"<path d=\"M{X(rate):F1} {Top}v{Height}\" stroke=\"firebrick\" stroke-dasharray=\"4\"/><text x=\"{X(rate) + 4:F1}\" y=\"{Top + 14}\" fill=\"firebrick\">{rate:G2}</text>");
        }

        Add($"</svg>");
        return svg.ToString();

        void Add(FormattableString text) => svg.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');

        double X(double rate) => Left + ((Math.Log10(rate) - first) / decades * Width);

        double Y(double loss) => Top + ((lowest + range - loss) / range * Height);
    }
}
