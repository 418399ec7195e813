using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using ProductPhotos;

const int Success = 0, Failure = 1, WrongUsage = 2, Interrupted = 130;

ProductPhotosArguments? arguments = ProductPhotosArguments.Parse(args);
if (arguments is null)
{
    return WrongUsage;
}

using var cancellation = new CancellationTokenSource();
using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
var report = new RunReport();
try
{
    // 1. The database: one's own, or a toy shop that is drawn at the first run.
    using var database = ProductDatabase.Open(arguments.Database, arguments.IsDemo);
    if (arguments.IsDemo && database.IsEmpty())
    {
        report.Say($"drawing {ToyShop.Count} product pictures into {arguments.Database}");
        database.Add(ToyShop.Products());
    }

    // 2. The pipeline: blobs through ML.NET's DatabaseLoader into the network.
    using var scorer = new PhotoScorer(database, arguments.Model, arguments.Batch);
    report.Begin(database.CountProducts(), database.CountPredictions(scorer.ModelId));

    // 3. Page by page, each in a transaction of its own: what is committed is never scored again.
    foreach (IReadOnlyList<Prediction> page in scorer.Pages(cancellation.Token))
    {
        database.Add(page, scorer.ModelId);
        report.Progress(page);
    }

    report.Summary(database, scorer.ModelId);
    return Success;
}
catch (OperationCanceledException)
{
    report.Say("interrupted: what is committed stays, the next run goes on from there");
    return Interrupted;
}
catch (Exception exception) when (exception is SqliteException or IOException or InvalidDataException or InvalidOperationException or UnauthorizedAccessException or ArgumentException)
{
    report.Say($"error: {exception.Message}");
    return Failure;
}

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true; // the run ends itself, between two rows
    cancellation.Cancel();
}
