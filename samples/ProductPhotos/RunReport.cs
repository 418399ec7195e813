using System.Diagnostics;

namespace ProductPhotos;

/// <summary>What the user sees: progress on standard error, the summary on standard output.</summary>
internal sealed class RunReport
{
    private const int MostErrors = 10;

    private readonly Stopwatch _clock = new();
    private long _products, _before, _now, _bad;
    private bool _isInLine;

    public void Begin(long products, long scored)
    {
        (_products, _before) = (products, scored);
        _clock.Start();
        if (scored > 0)
        {
            Say($"{scored} of {products} products have their prediction already");
        }
    }

    public void Progress(IReadOnlyList<Prediction> page)
    {
        _now += page.Count;
        _bad += page.Count(prediction => prediction.Error is not null);
        string line = FormattableString.Invariant($"{_before + _now} of {_products} products, {_bad} without a readable photo, {Rate:F0} photos/s");
        if (Console.IsErrorRedirected)
        {
            Console.Error.WriteLine(line);
            return;
        }

        Console.Error.Write($"\r{line}   ");
        _isInLine = true;
    }

    /// <summary>A line of its own on standard error.</summary>
    public void Say(string line)
    {
        Console.Error.WriteLine(_isInLine ? $"\n{line}" : line);
        _isInLine = false;
    }

    public void Summary(ProductDatabase database, string model)
    {
        if (_isInLine)
        {
            Say("");
        }

        Line("products", $"{_products}");
        Line("scored before", $"{_before}");
        Line("scored now", _now == 0 ? "0" : FormattableString.Invariant($"{_now}, {Rate:F0} photos/s, {_bad} without a readable photo"));
        Line("model", model);
        Console.WriteLine($"\n{"label",-24}{"products",9}{"mean probability",18}");
        foreach ((string label, long count, double probability) in database.Labels(model))
        {
            Console.WriteLine(FormattableString.Invariant($"{label,-24}{count,9}{probability,18:F2}"));
        }

        IReadOnlyList<(long Id, string Error)> errors = database.Errors(model, MostErrors);
        if (errors.Count > 0)
        {
            Console.WriteLine($"\nwithout a label (at most {MostErrors} are shown)");
            foreach ((long id, string error) in errors)
            {
                Console.WriteLine($"{id,8}  {error}");
            }
        }
    }

    private double Rate => _now / Math.Max(_clock.Elapsed.TotalSeconds, 1e-3);

    private static void Line(string name, string value) => Console.WriteLine($"{name,-16}{value}");
}
