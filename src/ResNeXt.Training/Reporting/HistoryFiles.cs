using System.Globalization;
using System.Text.Json;

namespace ResNeXt.Training;

/// <summary>
/// The history of a run as files for people and tools: <c>history.csv</c>, <c>history.jsonl</c> and TensorBoard's events. They are made from the
/// rows that the last checkpoint carries, so that after a kill no epoch is missing and none stands twice.
/// </summary>
internal static class HistoryFiles
{
    public const string Csv = "history.csv";
    public const string JsonLines = "history.jsonl";

    /// <param name="folder">The folder of the run.</param>
    /// <param name="rows">All epochs so far; without one nothing is written.</param>
    public static void Write(string folder, IReadOnlyList<EpochMetrics> rows)
    {
        if (rows.Count == 0)
        {
            return;
        }

        string header = string.Join(',', Columns(rows[0]).Select(column => column.Name));
        WriteLines(Path.Combine(folder, Csv), [header, .. rows.Select(row => string.Join(',', Columns(row).Select(column => Text(column.Value))))]);
        WriteLines(Path.Combine(folder, JsonLines), rows.Select(row => JsonSerializer.Serialize(Columns(row).ToDictionary(column => column.Name, column => column.Value))));
        EventFile.Write(folder, rows);
    }

    private static (string Name, double? Value)[] Columns(EpochMetrics row) =>
    [
        ("epoch", row.Epoch),
        ("lr", row.LearningRate),
        ("trainLoss", row.TrainLoss),
        ("trainTop1", row.TrainTop1),
        ("valLoss", row.ValLoss),
        ("valTop1", row.ValTop1),
        ("valTop5", row.ValTop5),
        .. row.ValFeatureError is double error ? [("valFeatureError", error)] : Array.Empty<(string, double?)>(),
        ("imagesPerSecond", row.ImagesPerSecond),
        ("dataWait", row.DataWait),
        ("memoryMB", row.MemoryMB),
        ("seconds", row.Seconds),
    ];

    private static string Text(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "";

    private static void WriteLines(string path, IEnumerable<string> lines) =>
        AtomicFile.WriteText(path, string.Concat(lines.Select(line => line + "\n")));
}
