using System.Diagnostics;

namespace ResNeXt.Training;

/// <summary>Looks over the shoulder of a loop over batches.</summary>
internal static class WatchedBatches
{
    /// <param name="batches">The batches.</param>
    /// <param name="waiting">Runs while the next one is awaited.</param>
    /// <param name="unreadable">Told when one cannot be had because of its images, before the exception goes on.</param>
    public static IEnumerable<LabeledBatch> Watched(this IEnumerable<LabeledBatch> batches, Stopwatch waiting, Action unreadable)
    {
        using IEnumerator<LabeledBatch> items = batches.GetEnumerator();
        while (Next())
        {
            yield return items.Current;
        }

        bool Next()
        {
            waiting.Start();
            try
            {
                return items.MoveNext();
            }
            catch (Exception exception) when (UnreadableImages.IsReason(exception))
            {
                unreadable();
                throw;
            }
            finally
            {
                waiting.Stop();
            }
        }
    }
}
