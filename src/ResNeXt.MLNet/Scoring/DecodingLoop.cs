using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;

namespace ResNeXt.MLNet;

/// <summary>
/// A loop under way: its items are read in order by one thread at a time, and several work on them, <see cref="DecodingThreads"/> and
/// whoever waits for the end.
/// </summary>
/// <remarks>
/// Because the one who waits does the work itself where no thread is free, a loop ends however few threads there are and whatever holds
/// them: other loops, or a source that blocks or runs a loop of its own inside. A thread takes one item, then the next loop has its turn.
/// </remarks>
internal sealed class DecodingLoop<T>
{
    private readonly object _gate = new();
    private readonly IEnumerator<T> _items;
    private readonly Action<T> _work;
    private readonly DecodingThreads _threads;
    private readonly Action _accept;
    private readonly ExecutionContext? _context = ExecutionContext.Capture(); // culture and activity go along, as they do with tasks
    private LinkedListNode<Action>? _offer;
    private ExceptionDispatchInfo? _error;
    private int _busy;
    private bool _isReading;
    private bool _isEnded;

    /// <summary>Starts it.</summary>
    /// <param name="items">Read on whatever thread; stays the caller's, at rest after <see cref="Wait"/> and <see cref="Stop"/>.</param>
    /// <param name="work">Done for each item, on several threads at once.</param>
    /// <param name="threads">Who does it; unless given, those of the process.</param>
    public DecodingLoop(IEnumerator<T> items, Action<T> work, DecodingThreads? threads = null)
    {
        _items = items;
        _work = work;
        _threads = threads ?? DecodingThreads.Shared;
        _accept = Accept;
        lock (_gate)
        {
            Offer();
        }
    }

    /// <summary>Takes part until all is done; the first exception of the source or of the work comes out as it was thrown.</summary>
    public void Wait()
    {
        // As on the other threads: a source that waits for asynchronous work must not wait for a context which this very thread serves.
        SynchronizationContext? context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            while (AwaitTurn())
            {
                TakeInContext();
            }
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }

        _error?.Throw();
    }

    /// <summary>Begins no further item and waits for those begun; what they had to say no longer matters.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            End();
            while (_busy > 0)
            {
                Monitor.Wait(_gate);
            }
        }
    }

    /// <summary>Whether an item can be taken now; false when all is done.</summary>
    private bool AwaitTurn()
    {
        lock (_gate)
        {
            while (_isReading || (_isEnded && _busy > 0))
            {
                Monitor.Wait(_gate);
            }

            return !_isEnded;
        }
    }

    private void Offer() => _offer ??= _threads.Offer(_accept);

    /// <summary>What a thread does that accepted the offer.</summary>
    private void Accept()
    {
        lock (_gate)
        {
            _offer = null;
        }

        TakeInContext();
    }

    private void End()
    {
        _isEnded = true;
        if (_offer is not null)
        {
            _threads.Withdraw(_offer); // while all threads are held elsewhere, what is over must not pile up there
            _offer = null;
        }
    }

    private void TakeInContext()
    {
        if (_context is null)
        {
            Take();
        }
        else
        {
            ExecutionContext.Run(_context, static loop => ((DecodingLoop<T>)loop!).Take(), this);
        }
    }

    /// <summary>Reads an item, unless somebody else is reading, and works on it.</summary>
    private void Take()
    {
        lock (_gate)
        {
            if (_isReading || _isEnded)
            {
                return;
            }

            _isReading = true;
            _busy++;
        }

        try
        {
            if (TryRead(out T? item))
            {
                _work(item);
            }
        }
        catch (Exception exception)
        {
            lock (_gate)
            {
                _error ??= ExceptionDispatchInfo.Capture(exception);
                End();
            }
        }
        finally
        {
            lock (_gate)
            {
                _busy--;
                Monitor.PulseAll(_gate);
            }
        }
    }

    private bool TryRead([MaybeNullWhen(false)] out T item)
    {
        item = default;
        bool isRead = false;
        try
        {
            if (_items.MoveNext())
            {
                item = _items.Current;
                isRead = true;
            }

            return isRead;
        }
        finally
        {
            lock (_gate)
            {
                _isReading = false;
                if (!isRead)
                {
                    End();
                }
                else if (!_isEnded)
                {
                    Offer();
                    Monitor.PulseAll(_gate);
                }
            }
        }
    }
}
