namespace ResNeXt.MLNet;

/// <summary>Bytes that are given out in the order in which they are asked for, so that a large share is not overtaken for ever by small ones.</summary>
/// <param name="capacity">The most bytes that are out at a time.</param>
internal sealed class MemoryShares(long capacity)
{
    private readonly object _gate = new();
    private readonly Queue<object> _waiting = [];
    private long _capacity = capacity;
    private long _taken;

    /// <summary>The most bytes that are out at a time.</summary>
    public long Capacity
    {
        get => Volatile.Read(ref _capacity);
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            Volatile.Write(ref _capacity, value);
        }
    }

    /// <summary>Bytes that are out now.</summary>
    public long Taken => Volatile.Read(ref _taken);

    /// <summary>Waits until the bytes are there.</summary>
    /// <param name="bytes">At most <see cref="Capacity"/> is ever given; of what grew smaller meanwhile, more than that is given alone.</param>
    public Share Take(long bytes)
    {
        lock (_gate)
        {
            if (_waiting.Count > 0 || !Fits(bytes))
            {
                object ticket = new();
                _waiting.Enqueue(ticket);
                while (_waiting.Peek() != ticket || !Fits(bytes))
                {
                    Monitor.Wait(_gate);
                }

                _waiting.Dequeue();
                Monitor.PulseAll(_gate); // the next may fit, too
            }

            _taken += bytes;
            return new Share(this, bytes);
        }
    }

    private bool Fits(long bytes) => _taken == 0 || _taken + bytes <= Capacity;

    private void Give(long bytes)
    {
        lock (_gate)
        {
            _taken -= bytes;
            if (_waiting.Count > 0)
            {
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>Bytes that one has, until it is disposed.</summary>
    internal sealed class Share(MemoryShares shares, long bytes) : IDisposable
    {
        private long _bytes = bytes;

        /// <summary>Keeps so many and gives the others back.</summary>
        public void Keep(long bytes)
        {
            if (bytes < _bytes)
            {
                shares.Give(_bytes - bytes);
                _bytes = bytes;
            }
        }

        public void Dispose() => Keep(0);
    }
}
