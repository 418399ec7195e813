using Microsoft.ML;
using Microsoft.ML.Data;

namespace ResNeXt.MLNet;

/// <summary>The cursor the consumer holds: passes the source's columns through and steps the one that runs ahead along with it.</summary>
/// <param name="schema">The source's columns, and ours.</param>
/// <param name="active">Which of them the consumer asked for.</param>
/// <param name="rows">The source's rows: a cursor of their own, or those that the one ahead carries.</param>
/// <param name="plan">What is added.</param>
/// <param name="width">Length of a vector.</param>
/// <param name="ahead">Scores the rows; null when nothing of ours is asked for.</param>
/// <param name="path">The image column, where it is text and active in the source's rows.</param>
internal sealed class ScoringCursor(DataViewSchema schema, bool[] active, DataViewRow rows, TransformPlan plan, int width, LookAhead? ahead, DataViewSchema.Column? path)
    : DataViewRowCursor
{
    private readonly ValueGetter<ReadOnlyMemory<char>>? _getPath = path is DataViewSchema.Column column ? rows.GetGetter<ReadOnlyMemory<char>>(column) : null;
    private readonly ValueGetter<DataViewRowId> _getId = rows.GetIdGetter();
    private readonly int _foreign = schema.Count - plan.Outputs.Count;

    public override DataViewSchema Schema => schema;

    public override long Position => rows.Position;

    public override long Batch => rows.Batch;

    public override bool IsColumnActive(DataViewSchema.Column column) => active[column.Index];

    public override ValueGetter<DataViewRowId> GetIdGetter() => rows.GetIdGetter();

    public override bool MoveNext()
    {
        if (rows is not DataViewRowCursor cursor)
        {
            return ahead!.MoveNext();
        }

        bool hasRow = cursor.MoveNext();
        if (ahead is not null)
        {
            DataViewRowId id = default;
            ReadOnlyMemory<char> path = default;
            if (hasRow)
            {
                _getId(ref id);
                _getPath?.Invoke(ref path);
            }

            ahead.MoveNext(hasRow ? id : null, _getPath is null ? (ReadOnlyMemory<char>?)null : path);
        }

        return hasRow;
    }

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!active[column.Index])
        {
            throw new InvalidOperationException($"Column '{column.Name}' is not active: ask for it when the cursor is made.");
        }

        return column.Index < _foreign
            ? rows.GetGetter<TValue>(rows.Schema[column.Index])
            : ScoreGetters.Create<TValue>(plan.Outputs[column.Index - _foreign], width, () => rows.Position >= 0 ? ahead!.Current : throw NotOnARow());
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            ahead?.Dispose();
            rows.Dispose();
        }

        base.Dispose(disposing);
    }

    private static InvalidOperationException NotOnARow() => new("The cursor is not on a row: call MoveNext first.");
}
