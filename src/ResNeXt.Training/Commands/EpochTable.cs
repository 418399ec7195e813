namespace ResNeXt.Training;

/// <summary>Epochs as the rows of a table that fits the terminal: columns without room are left out, the less telling ones first.</summary>
/// <param name="width">Characters of a line.</param>
/// <param name="first">The first epoch: columns that it has nothing for are no columns.</param>
internal sealed class EpochTable(int width, TrainProgress first)
{
    private const int ClassesForTop5 = 5;

    private static readonly (string Title, int Rank, int Width, Func<TrainProgress, EpochMetrics, string?> Text)[] All =
    [
        ("epoch", 0, 5, (_, row) => FormattableString.Invariant($"{row.Epoch}/{row.Epochs}")),
        ("loss", 2, 6, (_, row) => FormattableString.Invariant($"{row.TrainLoss:F3}")),
        ("top-1", 5, 7, (_, row) => row.TrainTop1 is double share ? FormattableString.Invariant($"{share:P1}") : null),
        ("val loss", 3, 8, (progress, row) => progress.Validation is null ? null : FormattableString.Invariant($"{row.ValLoss:F3}")),
        ("val top-1", 1, 9, (progress, row) => progress.Validation is null ? null : FormattableString.Invariant($"{row.ValTop1:P2}")),
        ("val top-5", 7, 9, (progress, row) => progress.Validation is null || progress.Classes <= ClassesForTop5 ? null : FormattableString.Invariant($"{row.ValTop5:P2}")),
        ("feature error", 4, 13, (_, row) => row.ValFeatureError is double error ? FormattableString.Invariant($"{error:F4}") : null),
        ("lr", 8, 8, (_, row) => row.LearningRate > 0 ? FormattableString.Invariant($"{row.LearningRate:G3}") : null),
        ("images/s", 6, 8, (progress, row) => progress.FromFeatures ? null : FormattableString.Invariant($"{row.ImagesPerSecond:F1}")),
        ("time", 9, 7, (_, row) => TrainDisplay.Clock(TimeSpan.FromSeconds(row.Seconds))),
    ];

    private readonly (string Title, int Rank, int Width, Func<TrainProgress, EpochMetrics, string?> Text)[] _columns = Chosen(width, first);

    /// <summary>The titles.</summary>
    public string Head => string.Join("  ", _columns.Select(column => column.Title.PadLeft(column.Width)));

    /// <summary>An epoch that has ended.</summary>
    public string Row(TrainProgress ended) => string.Join("  ", _columns.Select(column => (column.Text(ended, ended.Metrics!) ?? "").PadLeft(column.Width)));

    private static (string Title, int Rank, int Width, Func<TrainProgress, EpochMetrics, string?> Text)[] Chosen(int width, TrainProgress first)
    {
        int epochs = FormattableString.Invariant($"{first.Epochs}/{first.Epochs}").Length;
        (string Title, int Rank, int Width, Func<TrainProgress, EpochMetrics, string?> Text)[] filled =
        [
            .. All.Where(column => column.Text(first, first.Metrics!) is not null)
                .Select(column => column.Rank == 0 ? column with { Width = Math.Max(column.Width, epochs) } : column),
        ];
        return [.. FittedLine.Kept(width, [.. filled.Select(column => (column.Rank, column.Width))]).Select(i => filled[i])];
    }
}
