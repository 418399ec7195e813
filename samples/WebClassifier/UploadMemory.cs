namespace WebClassifier;

/// <summary>Bounds the bytes of all uploads at a time, before they are read.</summary>
internal sealed class UploadMemory(long capacity)
{
    private long _taken;

    /// <exception cref="ProblemException">There is no room at the moment.</exception>
    public IDisposable Take(long bytes)
    {
        var share = new Share(this, bytes);
        if (Interlocked.Add(ref _taken, bytes) > capacity)
        {
            share.Dispose();
            throw new ProblemException(StatusCodes.Status503ServiceUnavailable, "The server is reading as many images as it has memory for: send this one again in a second.", TimeSpan.FromSeconds(1));
        }

        return share;
    }

    private sealed class Share(UploadMemory memory, long bytes) : IDisposable
    {
        private long _bytes = bytes;

        public void Dispose() => Interlocked.Add(ref memory._taken, -Interlocked.Exchange(ref _bytes, 0));
    }
}
