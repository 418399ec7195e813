using System.Globalization;

namespace ResNeXt.Benchmarks;

/// <summary>A run of the grid, a line of its CSV.</summary>
/// <param name="Set">The photos.</param>
/// <param name="Training">Photos to learn from, those that choose the epoch among them.</param>
/// <param name="HeldOut">Photos to judge by.</param>
/// <param name="Seed">Which photos are held out, and all chance of the training.</param>
/// <param name="Way">How.</param>
/// <param name="Top1">Share of the held-out photos that are right.</param>
/// <param name="Seconds">What it took.</param>
/// <param name="Rate">The learning rate that was found, where it was looked for.</param>
internal sealed record FineTuningRow(string Set, int Training, int HeldOut, int Seed, string Way, double Top1, double Seconds, double? Rate)
{
    private const string Header = "set,training,heldOut,seed,way,top1,seconds,rate";

    /// <summary>Those of a file, none where it is not there; a line that a kill cut short is none.</summary>
    public static IReadOnlyList<FineTuningRow> Read(string file) => !File.Exists(file) ? [] :
    [
        .. File.ReadLines(file).Skip(1).Select(line => line.Split(',')).Where(cells => cells.Length == 8).Select(cells => new FineTuningRow(
            cells[0], Integer(cells[1]), Integer(cells[2]), Integer(cells[3]), cells[4], Number(cells[5]), Number(cells[6]), cells[7].Length == 0 ? null : Number(cells[7]))),
    ];

    public void AppendTo(string file)
    {
        string line = string.Create(CultureInfo.InvariantCulture, $"{Set},{Training},{HeldOut},{Seed},{Way},{Top1:F4},{Seconds:F1},{Rate:G3}\n");
        File.AppendAllText(file, File.Exists(file) ? line : $"{Header}\n{line}");
    }

    private static int Integer(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
