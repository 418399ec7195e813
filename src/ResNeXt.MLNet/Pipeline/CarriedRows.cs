using System.Collections.Concurrent;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace ResNeXt.MLNet;

/// <summary>
/// The source's rows as far as the consumer wants them, read by the cursor that runs ahead together with their images: where these lie in the rows, as in
/// a database, a second cursor would fetch each of them once more. One thread keeps, one takes.
/// </summary>
internal sealed class CarriedRows : DataViewRow
{
    private readonly DataViewSchema _schema;
    private readonly Column?[] _columns;
    private readonly ConcurrentQueue<(long Batch, DataViewRowId Id)> _rows = new();
    private (long Batch, DataViewRowId Id) _current;
    private ValueGetter<DataViewRowId>? _getId;
    private long _position = -1;

    /// <param name="schema">The source's.</param>
    /// <param name="columns">The columns wanted, each of which <see cref="CanCarry"/>.</param>
    public CarriedRows(DataViewSchema schema, IEnumerable<DataViewSchema.Column> columns)
    {
        _schema = schema;
        _columns = new Column?[schema.Count];
        foreach (DataViewSchema.Column column in columns)
        {
            _columns[column.Index] = column.Type is VectorDataViewType ? new Bytes() : (Column)Activator.CreateInstance(typeof(Scalar<>).MakeGenericType(column.Type.RawType))!;
        }
    }

    public override DataViewSchema Schema => _schema;

    public override long Position => _position;

    public override long Batch => _current.Batch;

    /// <summary>Whether values of a column are small and stay what they are: numbers, text, keys, times; and bytes, which an image is.</summary>
    public static bool CanCarry(DataViewSchema.Column column) => column.Type is PrimitiveDataViewType or KeyDataViewType || IsBytes(column);

    /// <summary>Whether a column holds encoded images.</summary>
    public static bool IsBytes(DataViewSchema.Column column) => column.Type is VectorDataViewType vector && vector.ItemType.Equals(NumberDataViewType.Byte);

    public override bool IsColumnActive(DataViewSchema.Column column) => _columns[column.Index] is not null;

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = _current.Id;

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => _columns[column.Index] switch
    {
        Getting<TValue> values => values.Get,
        null => throw new InvalidOperationException($"Column '{column.Name}' is not active: ask for it when the cursor is made."),
        _ => throw new InvalidOperationException($"Column '{column.Name}' was asked for as {typeof(TValue).Name}: expected {column.Type.RawType.Name}."),
    };

    /// <summary>Begins to read.</summary>
    /// <param name="cursor">Where the columns are active.</param>
    public void Open(DataViewRowCursor cursor)
    {
        _getId = cursor.GetIdGetter();
        foreach (DataViewSchema.Column column in _schema)
        {
            _columns[column.Index]?.Open(cursor, column);
        }
    }

    /// <summary>Keeps the row that the cursor stands on.</summary>
    public void Keep(DataViewRowCursor cursor)
    {
        DataViewRowId id = default;
        _getId!(ref id);
        foreach (Column? column in _columns)
        {
            column?.Keep();
        }

        _rows.Enqueue((cursor.Batch, id));
    }

    /// <summary>The bytes that were kept last.</summary>
    /// <returns>Null where the column is not carried.</returns>
    public byte[]? LastBytes(DataViewSchema.Column column) => (_columns[column.Index] as Bytes)?.Last;

    /// <summary>There are no more rows.</summary>
    public void End() => _position = -1;

    /// <summary>Goes to the next row that was kept.</summary>
    public void Take()
    {
        if (!_rows.TryDequeue(out _current))
        {
            throw new InvalidOperationException("No row was kept.");
        }

        _position++;
        foreach (Column? column in _columns)
        {
            column?.Take();
        }
    }

    private abstract class Column
    {
        public abstract void Open(DataViewRowCursor cursor, DataViewSchema.Column column);

        public abstract void Keep();

        public abstract void Take();
    }

    private abstract class Getting<T> : Column
    {
        public abstract void Get(ref T value);
    }

    private sealed class Scalar<T> : Getting<T>
    {
        private readonly ConcurrentQueue<T> _kept = new();
        private ValueGetter<T>? _read;
        private T? _current;

        public override void Open(DataViewRowCursor cursor, DataViewSchema.Column column) => _read = cursor.GetGetter<T>(column);

        public override void Keep()
        {
            T value = default!;
            _read!(ref value);
            _kept.Enqueue(value is ReadOnlyMemory<char> text ? (T)(object)new ReadOnlyMemory<char>(text.ToArray()) : value); // text may lie in a buffer of the source's
        }

        public override void Take() => _kept.TryDequeue(out _current);

        public override void Get(ref T value) => value = _current!;
    }

    private sealed class Bytes : Getting<VBuffer<byte>>
    {
        private readonly ConcurrentQueue<byte[]> _kept = new();
        private ValueGetter<VBuffer<byte>>? _read;
        private VBuffer<byte> _buffer;
        private byte[] _current = [];

        public byte[] Last { get; private set; } = [];

        public override void Open(DataViewRowCursor cursor, DataViewSchema.Column column) => _read = cursor.GetGetter<VBuffer<byte>>(column);

        public override void Keep()
        {
            _read!(ref _buffer);
            Last = new byte[_buffer.Length];
            _buffer.CopyTo(Last);
            _kept.Enqueue(Last);
        }

        public override void Take() => _current = _kept.TryDequeue(out byte[]? bytes) ? bytes : [];

        public override void Get(ref VBuffer<byte> value)
        {
            VBufferEditor<byte> editor = VBufferEditor.Create(ref value, _current.Length);
            _current.CopyTo(editor.Values);
            value = editor.Commit();
        }
    }
}
