namespace ResNeXt.Training;

/// <summary>How the images of an epoch are cut into batches.</summary>
internal static class BatchPlan
{
    /// <summary>
    /// As few batches as the limit allows, of sizes that differ by at most one: every image is used, and no batch is left with a
    /// single image, which batch normalisation cannot train on.
    /// </summary>
    public static IReadOnlyList<Range> Even(int count, int batchSize)
    {
        int batches = (count + batchSize - 1) / batchSize;
        return [.. Enumerable.Range(0, batches).Select(i => Start(i)..Start(i + 1))];

        int Start(int batch) => (int)((long)count * batch / batches);
    }
}
