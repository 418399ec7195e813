using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Model.OnnxConverter;

namespace ResNeXt.MLNet;

/// <summary>The source with our columns added. Lazy, and as often readable as the source is.</summary>
/// <remarks>A step that ML.NET's converter to ONNX does not know as one is taken for the data, and its work is missing in the file: this one tells that it is, and throws.</remarks>
internal sealed class ScoredDataView(IDataView source, DataViewSchema schema, TransformPlan plan, ResNeXtModel model) : ITransformCanSaveOnnx
{
    IDataView IDataTransform.Source => source;

    public bool CanShuffle => source.CanShuffle;

    public DataViewSchema Schema => schema;

    public long? GetRowCount() => source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        bool[] active = new bool[schema.Count];
        foreach (DataViewSchema.Column column in columnsNeeded)
        {
            active[column.Index] = true;
        }

        DataViewSchema.Column[] foreign = [.. source.Schema.Where(column => active[column.Index])];
        if (!active.AsSpan(source.Schema.Count).Contains(true))
        {
            return new ScoringCursor(schema, active, source.GetRowCursor(foreign, rand), plan, 0, null, null);
        }

        DataViewSchema.Column image = ImageColumn.Find(source.Schema, plan.Input);
        if (CarriedRows.IsBytes(image) && foreign.All(CarriedRows.CanCarry))
        {
            var carried = new CarriedRows(source.Schema, foreign);
            return new ScoringCursor(schema, active, carried, plan, model.Width(plan.GraphOutput), new LookAhead(source, plan, model, rand, carried), null);
        }

        // Both cursors must see the same order: each gets a generator of its own with the same seed.
        int seed = rand?.Next() ?? 0;
        Random? Twin() => rand is null ? null : new Random(seed);
        var ahead = new LookAhead(source, plan, model, Twin());
        try
        {
            // Paths are read by both cursors, to prove that values go to the rows that they are of.
            DataViewSchema.Column? path = foreign.Length > 0 && image.Type is TextDataViewType ? image : null;
            DataViewRowCursor rows = source.GetRowCursor(path is null || active[image.Index] ? foreign : [.. foreign, image], Twin());
            return new ScoringCursor(schema, active, rows, plan, model.Width(plan.GraphOutput), ahead, path);
        }
        catch
        {
            ahead.Dispose();
            throw;
        }
    }

    bool ICanSaveOnnx.CanSaveOnnx(OnnxContext ctx) => throw new NotSupportedException(
        $"ConvertToOnnx cannot write the step behind column '{plan.Input}': its network is an ONNX file already, and decoding images is no part of ONNX. Save the pipeline with Model.Save; or convert the steps behind it alone, fitted on ml.Data.Cache of what this one puts out.");

    void ISaveAsOnnx.SaveAsOnnx(OnnxContext ctx) => throw new NotSupportedException();

    void ICanSaveModel.Save(ModelSaveContext ctx) => throw new NotSupportedException();

    /// <summary>One cursor, whatever is asked for: batches, decoding and the network already use every core.</summary>
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];
}
