using System.Diagnostics;

namespace ResNeXt.Training;

/// <summary>Looks over the shoulder of a loop over batches.</summary>
internal static class WatchedBatches
{
    /// <param name="batches">The batches.</param>
    /// <param name="waiting">Runs while the next one is awaited.</param>
    public static IEnumerable<LabeledBatch> Watched(this IEnumerable<LabeledBatch> batches, Stopwatch waiting)
    {
        using IEnumerator<LabeledBatch> items = batches.GetEnumerator();
        while (Next())
        {
            yield return items.Current;
        }

        bool Next()
        {
            waiting.Start();
            bool has = items.MoveNext();
            waiting.Stop();
            return has;
        }
    }
}
