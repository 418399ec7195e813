using Google.Protobuf;
using ResNeXt.Training.TensorBoard;

namespace ResNeXt.Training;

/// <summary>The history as an event file: <c>tensorboard --logdir</c> on the folder of the run, or the one above it, shows the curves.</summary>
internal static class EventFile
{
    /// <summary>Writes the epochs, those that the file already has left as they are: a TensorBoard that follows it sees it grow.</summary>
    /// <param name="folder">The folder of the run.</param>
    /// <param name="rows">All epochs so far, at least one.</param>
    public static void Write(string folder, IReadOnlyList<EpochMetrics> rows)
    {
        // TensorBoard reads every file whose name has "tfevents" in it, in the order of their names.
        string path = Path.Combine(folder, FormattableString.Invariant($"events.out.tfevents.{rows[0].Ended.ToUnixTimeSeconds()}.resnext"));
        byte[] content = Encode(rows);
        byte[] before = File.Exists(path) ? File.ReadAllBytes(path) : [];
        if (before.Length > 0 && content.AsSpan().StartsWith(before))
        {
            using var stream = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
            stream.Write(content.AsSpan(before.Length));
        }
        else
        {
            AtomicFile.Write(path, stream => stream.Write(content));
        }
    }

    private static byte[] Encode(IReadOnlyList<EpochMetrics> rows)
    {
        using var stream = new MemoryStream();
        EventRecord.Write(stream, new Event { WallTime = Seconds(rows[0]), FileVersion = "brain.Event:2" }.ToByteArray());
        foreach (EpochMetrics row in rows)
        {
            var summary = new Summary();
            summary.Value.Add(Scalars(row).Select(scalar => new Summary.Types.Value { Tag = scalar.Tag, SimpleValue = (float)scalar.Value }));
            EventRecord.Write(stream, new Event { WallTime = Seconds(row), Step = row.Epoch, Summary = summary }.ToByteArray());
        }

        return stream.ToArray();
    }

    /// <summary>TensorBoard groups the charts by what stands before the slash.</summary>
    private static IEnumerable<(string Tag, double Value)> Scalars(EpochMetrics row) =>
    [
        ("loss/train", row.TrainLoss),
        ("loss/validation", row.ValLoss),
        .. row.TrainTop1 is double top1 ? [("accuracy/train top-1", top1)] : Array.Empty<(string, double)>(),
        ("accuracy/validation top-1", row.ValTop1),
        ("accuracy/validation top-5", row.ValTop5),
        .. row.ValFeatureError is double error ? [("loss/validation features", error)] : Array.Empty<(string, double)>(),
        ("training/learning rate", row.LearningRate),
        ("training/images per second", row.ImagesPerSecond),
        ("training/data wait", row.DataWait),
        ("training/memory MB", row.MemoryMB),
    ];

    private static double Seconds(EpochMetrics row) => row.Ended.ToUnixTimeMilliseconds() / 1000.0;
}
