using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace ResNeXt.MLNet;

/// <summary>
/// The cursor that runs ahead: reads the image column, up to two batches before the row that the consumer looks at, and has it scored. It reads
/// nothing else, but for the columns of <see cref="CarriedRows"/>.
/// </summary>
internal sealed class LookAhead : IDisposable
{
    private readonly IDataView _source;
    private readonly DataViewSchema.Column _column;
    private readonly Random? _rand;
    private readonly CarriedRows? _carried;
    private readonly bool _keepsBadImages;
    private readonly ConcurrentQueue<DataViewRowId> _ids = new();
    private readonly IEnumerator<ScoredImage> _scored;
    private ExceptionDispatchInfo? _end;
    private InvalidDataException? _badImage;
    private float[]? _current;
    private long _row = -1;

    /// <param name="source">The rows.</param>
    /// <param name="plan">What is read of them, and how.</param>
    /// <param name="model">What scores them.</param>
    /// <param name="rand">Their order, where they are shuffled.</param>
    /// <param name="carried">Receives what the consumer wants of the rows; null where a cursor of the consumer's own reads that.</param>
    public LookAhead(IDataView source, TransformPlan plan, ResNeXtModel model, Random? rand, CarriedRows? carried = null)
    {
        _carried = carried;
        _source = source;
        _column = ImageColumn.Find(source.Schema, plan.Input);
        _rand = rand;
        _keepsBadImages = plan.KeepsBadImages;
        _scored = new ImageScorer(model, [plan.GraphOutput], plan.BatchSize, plan.Decoding(model)).Score(Images()).GetEnumerator();
    }

    /// <summary>The vector of the current row; <see langword="null"/> where it has no image.</summary>
    /// <exception cref="InvalidDataException">The image cannot be read, as the step to it said.</exception>
    public float[]? Current => _badImage is null ? _current : throw _badImage;

    /// <summary>Steps to the next row, and the carried columns with it.</summary>
    /// <returns>False at the end.</returns>
    /// <exception cref="InvalidDataException">The image of the row cannot be read, and such rows are not let through.</exception>
    public bool MoveNext()
    {
        _row++;
        bool hasRow = Step();
        if (hasRow)
        {
            _carried!.Take();
            Settle();
        }
        else
        {
            _carried!.End();
        }

        return hasRow;
    }

    /// <summary>Steps to the next row.</summary>
    /// <param name="id">The row that the other cursor stands on, <see langword="null"/> when it is at its end.</param>
    /// <param name="path">What that row has in the image column, where that is known and text: the ids of many sources are but positions.</param>
    /// <exception cref="InvalidDataException">The image of the row cannot be read, and such rows are not let through.</exception>
    /// <exception cref="InvalidOperationException">The source gave other rows to this cursor than to the other one.</exception>
    public void MoveNext(DataViewRowId? id, ReadOnlyMemory<char>? path)
    {
        _row++;
        bool hasRow = Step();
        if (hasRow != id.HasValue || (hasRow && (!_ids.TryDequeue(out DataViewRowId ahead) || !ahead.Equals(id!.Value) || path?.Span.SequenceEqual(_scored.Current.Name) is false)))
        {
            throw new InvalidOperationException(
                $"The data source changed its rows or their order between two readings, at row {_row}: expected the same rows each time. " +
                "Cache it (AppendCacheCheckpoint, mlContext.Data.Cache), load it into a list, or let the database order them (ORDER BY).");
        }

        if (hasRow)
        {
            Settle();
        }
    }

    public void Dispose() => _scored.Dispose();

    private void Settle()
    {
        ScoredImage scored = _scored.Current;
        _current = scored.Error is null ? scored.Values[0] : null;
        _badImage = scored.Error is null || _keepsBadImages ? null : new InvalidDataException($"Row {_row}, column '{_column.Name}': {scored.Error.Message}", scored.Error);
        if (_badImage is not null)
        {
            throw _badImage;
        }
    }

    /// <summary>What ended the scoring is said again, should somebody go on.</summary>
    private bool Step()
    {
        _end?.Throw();
        try
        {
            return _scored.MoveNext();
        }
        catch (Exception exception)
        {
            _end = ExceptionDispatchInfo.Capture(exception);
            throw;
        }
    }

    /// <summary>Runs on the scorer's threads, one at a time, and is disposed by the scorer.</summary>
    private IEnumerable<ImageSource> Images()
    {
        using DataViewRowCursor cursor = _source.GetRowCursor([_column, .. _source.Schema.Where(column => column.Index != _column.Index && _carried?.IsColumnActive(column) is true)], _rand);
        ValueGetter<DataViewRowId> getId = cursor.GetIdGetter();
        Func<ImageSource> read = ImageColumn.Reader(cursor, _column);
        if (_carried is not null)
        {
            _carried.Open(cursor);
            while (cursor.MoveNext())
            {
                _carried.Keep(cursor);
                yield return _carried.LastBytes(_column) is byte[] encoded ? ImageSource.FromBytes(encoded, _column.Name) : read();
            }
        }

        while (cursor.MoveNext())
        {
            DataViewRowId id = default;
            getId(ref id);
            _ids.Enqueue(id);
            yield return read();
        }
    }
}
