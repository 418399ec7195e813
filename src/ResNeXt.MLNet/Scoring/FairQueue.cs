namespace ResNeXt.MLNet;

/// <summary>
/// A queue that serves clients in proportion to their work (start-time fair queuing): whoever sent much waits behind who sent little, and of one
/// client all is served in the order in which it came.
/// </summary>
/// <param name="capacityPerClient">Items that one client may have waiting.</param>
internal sealed class FairQueue<T>(int capacityPerClient)
{
    private const string Nobody = "";

    private readonly Lock _gate = new();
    private readonly PriorityQueue<(T Item, string Client), (double Start, long Number)> _items = new();
    private readonly Dictionary<string, Account> _clients = [];
    private double _now; // the start of what was served last
    private long _count;

    /// <summary>Clients whose work is remembered.</summary>
    public int Clients => _clients.Count;

    /// <param name="item">What waits.</param>
    /// <param name="client">Whose it is; null for nobody's, of which any number may wait.</param>
    /// <param name="work">What serving it costs, in any unit.</param>
    /// <returns>False where the client has as many waiting as it may.</returns>
    public bool TryAdd(T item, string? client, double work)
    {
        lock (_gate)
        {
            string name = client ?? Nobody;
            Account account = _clients.TryGetValue(name, out Account? known) ? known : _clients[name] = new Account();
            if (account.Waiting == capacityPerClient && client is not null)
            {
                return false;
            }

            double start = Math.Max(_now, account.Finish);
            account.Finish = start + work;
            account.Waiting++;
            _items.Enqueue((item, name), (start, _count++));
            return true;
        }
    }

    /// <exception cref="InvalidOperationException">Nothing waits.</exception>
    public T Take()
    {
        lock (_gate)
        {
            _items.TryPeek(out _, out (double Start, long) turn);
            (T item, string client) = _items.Dequeue();
            _now = turn.Start;
            _clients[client].Waiting--;
            Forget();
            return item;
        }
    }

    /// <summary>Nobody owes anything where nobody waits, and of very many clients only those are remembered who wait.</summary>
    private void Forget()
    {
        const int few = 1024;
        if (_items.Count == 0)
        {
            _clients.Clear();
            _now = 0;
        }
        else if (_clients.Count > few && _count % (few / 2) == 0)
        {
            foreach ((string client, Account account) in _clients)
            {
                if (account.Waiting == 0)
                {
                    _clients.Remove(client);
                }
            }
        }
    }

    private sealed class Account
    {
        public double Finish { get; set; }

        public int Waiting { get; set; }
    }
}
