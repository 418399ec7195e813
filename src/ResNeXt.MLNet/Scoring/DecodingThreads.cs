namespace ResNeXt.MLNet;

/// <summary>
/// The threads that read and decode images. The whole process shares them, and they are never those of the runtime's pool: on that one
/// the host answers its requests. They start with the first work and end when there was none for a while.
/// </summary>
/// <param name="most">The most threads there are at a time.</param>
/// <param name="patience">How long a thread waits for work before it ends.</param>
internal sealed class DecodingThreads(int most, TimeSpan patience)
{
    private readonly object _gate = new();
    private readonly LinkedList<Action> _offers = [];
    private int _count;
    private int _idle;

    /// <summary>One for each core.</summary>
    public static DecodingThreads Shared { get; } = new(Environment.ProcessorCount, TimeSpan.FromSeconds(10));

    /// <summary>Threads there are now.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>
    /// Offers work to a thread, in the order of the offers. That none is free, or can be started, is no error: whoever needs the work done
    /// must be able to do it.
    /// </summary>
    /// <param name="work">Must not throw.</param>
    /// <returns>What <see cref="Withdraw"/> takes.</returns>
    public LinkedListNode<Action> Offer(Action work)
    {
        lock (_gate)
        {
            LinkedListNode<Action> offer = _offers.AddLast(work);
            if (_idle >= _offers.Count)
            {
                Monitor.Pulse(_gate);
            }
            else if (_count < most)
            {
                Start();
            }

            return offer;
        }
    }

    /// <summary>Takes an offer back that no thread has accepted; any other is left as it is.</summary>
    public void Withdraw(LinkedListNode<Action> offer)
    {
        lock (_gate)
        {
            if (offer.List is not null)
            {
                _offers.Remove(offer);
            }
        }
    }

    private void Start()
    {
        try
        {
            new Thread(Run) { IsBackground = true, Name = "ResNeXt decoding" }.UnsafeStart(); // no caller's ambient values
            _count++;
        }
        catch (Exception exception) when (exception is OutOfMemoryException or ThreadStartException)
        {
            // The system gives no more threads.
        }
    }

    private void Run()
    {
        while (Next() is Action work)
        {
            work();
        }
    }

    private Action? Next()
    {
        lock (_gate)
        {
            bool isPatient = true;
            while (_offers.First is null && isPatient)
            {
                _idle++;
                isPatient = Monitor.Wait(_gate, patience);
                _idle--;
            }

            if (_offers.First is not LinkedListNode<Action> offer)
            {
                _count--;
                return null;
            }

            _offers.Remove(offer);
            return offer.Value;
        }
    }
}
