using Microsoft.ML;
using Microsoft.ML.Data;

namespace ResNeXt.MLNet;

/// <summary>Row by row, as <c>PredictionEngine</c> works. Every row holds buffers of its own, so that engines do not meet.</summary>
internal sealed class ScoringRowMapper(DataViewSchema input, DataViewSchema output, TransformPlan plan, ResNeXtModel model) : IRowToRowMapper
{
    public DataViewSchema InputSchema => input;

    public DataViewSchema OutputSchema => output;

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns)
    {
        bool[] needed = new bool[output.Count];
        foreach (DataViewSchema.Column column in dependingColumns)
        {
            needed[column.Index] = true;
        }

        needed[ImageColumn.Find(input, plan.Input).Index] |= needed.AsSpan(input.Count).Contains(true);
        return input.Where(column => needed[column.Index]);
    }

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.Schema == InputSchema
            ? new Row(this, input, [.. activeColumns.Select(column => column.Index)])
            : throw new ArgumentException("The row has another schema than the mapper was made for.", nameof(input));
    }

    private sealed class Row(ScoringRowMapper mapper, DataViewRow input, HashSet<int> active) : DataViewRow
    {
        private readonly string[] _graphOutput = [mapper.Plan.GraphOutput];
        private ImageBatch? _batch;
        private Func<ImageSource>? _read;
        private float[]? _values;
        private long _position = long.MinValue;
        private bool _isBusy;
        private volatile bool _isShared;

        public override DataViewSchema Schema => mapper.OutputSchema;

        public override long Position => input.Position;

        public override long Batch => input.Batch;

        public override bool IsColumnActive(DataViewSchema.Column column) => active.Contains(column.Index);

        public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            if (!active.Contains(column.Index))
            {
                throw new InvalidOperationException($"Column '{column.Name}' is not active: ask for it when the row is made.");
            }

            int foreign = mapper.InputSchema.Count;
            if (column.Index < foreign)
            {
                return input.GetGetter<TValue>(mapper.InputSchema[column.Index]);
            }

            _read ??= ImageColumn.Reader(input, ImageColumn.Find(mapper.InputSchema, mapper.Plan.Input));
            return ScoreGetters.Create<TValue>(mapper.Plan.Outputs[column.Index - foreign], mapper.Model.Width(mapper.Plan.GraphOutput), Current);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                input.Dispose();
            }

            base.Dispose(disposing);
        }

        /// <summary>Score and PredictedLabel of one row come from one run.</summary>
        /// <remarks>An engine that several threads use at once mixes their images up: whoever meets another here is told, and so is that one.</remarks>
        private float[]? Current()
        {
            if (Interlocked.Exchange(ref _isBusy, true))
            {
                _isShared = true;
            }

            if (!_isShared)
            {
                try
                {
                    Score();
                }
                finally
                {
                    Volatile.Write(ref _isBusy, false);
                }
            }

            return _isShared
                ? throw new InvalidOperationException("This prediction engine is used by several threads at once, which mixes up their images: make one for each thread, or take PredictionEnginePool or a BatchingPredictor.")
                : _values;
        }

        private void Score()
        {
            if (_position == input.Position)
            {
                return;
            }

            _batch ??= new ImageBatch(1, mapper.Model.Metadata.Preprocessing, mapper.Plan.Decoding(mapper.Model));
            _batch.Fill(_read!());
            ScoredImage scored = _batch.Score(mapper.Model, _graphOutput)[0];
            _values = scored.Error is null ? scored.Values[0]
                : mapper.Plan.KeepsBadImages ? null
                : throw new InvalidDataException($"Column '{mapper.Plan.Input}': {scored.Error.Message}", scored.Error);
            _position = input.Position;
        }
    }

    private TransformPlan Plan => plan;

    private ResNeXtModel Model => model;
}
