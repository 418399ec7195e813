namespace ResNeXt.Training;

/// <summary>The same work for many, on all cores.</summary>
internal static class ParallelWork
{
    private const int PiecesPerCore = 64;

    /// <summary>
    /// Calls the body for each number from 0, here and on <see cref="DecodingThreads"/>; what it throws comes out as it was thrown, not in a
    /// bundle.
    /// </summary>
    public static void For(int count, Action<int> body, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        int length = Math.Max(1, count / (Environment.ProcessorCount * PiecesPerCore)); // some work takes microseconds: hand out pieces
        using IEnumerator<int> starts = Enumerable.Range(0, (count + length - 1) / length).Select(piece => piece * length).GetEnumerator();
        new DecodingLoop<int>(starts, start =>
        {
            for (int i = start; i < Math.Min(count, start + length); i++)
            {
                cancellation.ThrowIfCancellationRequested();
                body(i);
            }
        }).Wait();
    }
}
