namespace WebClassifier;

/// <summary>Bounds the bytes of all uploads at a time, as they arrive: who announces much and sends little has little.</summary>
internal sealed class UploadMemory(long capacity)
{
    private readonly long _capacity = capacity;
    private long _taken;

    /// <summary>Begins with nothing.</summary>
    public Share Begin() => new(this);

    /// <summary>What one request has, until it is disposed.</summary>
    internal sealed class Share(UploadMemory memory) : IDisposable
    {
        private long _bytes;

        /// <exception cref="ProblemException">There is no room at the moment.</exception>
        public void Add(long bytes)
        {
            _bytes += bytes;
            if (Interlocked.Add(ref memory._taken, bytes) > memory._capacity)
            {
                throw new ProblemException(StatusCodes.Status503ServiceUnavailable, "The server is reading as many images as it has memory for: send this one again in a second.", TimeSpan.FromSeconds(1));
            }
        }

        public void Dispose() => Interlocked.Add(ref memory._taken, -Interlocked.Exchange(ref _bytes, 0));
    }
}
