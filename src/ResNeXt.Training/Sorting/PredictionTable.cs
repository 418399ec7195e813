using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Parquet;
using Parquet.Schema;

namespace ResNeXt.Training;

/// <summary>
/// Writes predictions to a file, row by row and atomically, by its extension: CSV and Parquet with the columns <c>path</c>, <c>label</c>, <c>probability</c>,
/// <c>label2</c>, <c>probability2</c>, ..., <c>error</c>; JSON lines with <c>path</c>, <c>labels</c>, <c>error</c>.
/// </summary>
internal static class PredictionTable
{
    private const int RowGroup = 1024;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly string[] Extensions = [".csv", ".parquet", ".jsonl"];

    /// <summary>Whether the file's extension names a format.</summary>
    public static bool IsKnown(string path) => Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <param name="path">The file.</param>
    /// <param name="top">Classes in a row.</param>
    /// <param name="rows">The rows; read once, as they are written.</param>
    public static void Write(string path, int top, IEnumerable<Prediction> rows) => AtomicFile.Write(path, stream =>
    {
        switch (Path.GetExtension(path).ToUpperInvariant())
        {
            case ".PARQUET":
                WriteParquetAsync(stream, top, rows).GetAwaiter().GetResult();
                break;
            case ".CSV":
                WriteLines(stream, rows.Select(row => Csv.Line(Fields(row, top))).Prepend(string.Join(',', Columns(top))));
                break;
            default:
                WriteLines(stream, rows.Select(row => JsonSerializer.Serialize(row, Json)));
                break;
        }
    });

    private static IEnumerable<string> Columns(int top) =>
        Enumerable.Range(1, top).SelectMany(i => new[] { Numbered("label", i), Numbered("probability", i) }).Prepend("path").Append("error");

    private static IEnumerable<object?> Fields(Prediction row, int top) =>
        Enumerable.Range(0, top).SelectMany(i => i < row.Labels.Count ? new object?[] { row.Labels[i].Label, row.Labels[i].Probability } : [null, null])
            .Prepend(row.Path).Append(row.Error);

    private static string Numbered(string name, int place) => place == 1 ? name : FormattableString.Invariant($"{name}{place}");

    private static void WriteLines(Stream stream, IEnumerable<string> lines)
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true) { NewLine = "\n" };
        foreach (string line in lines)
        {
            writer.WriteLine(line);
        }
    }

    private static async Task WriteParquetAsync(Stream stream, int top, IEnumerable<Prediction> rows)
    {
        DataField<string> path = new("path"), error = new("error", nullable: true);
        (DataField<string> Label, DataField<float?> Probability)[] places =
            [.. Enumerable.Range(1, top).Select(i => (new DataField<string>(Numbered("label", i), nullable: true), new DataField<float?>(Numbered("probability", i))))];
        Field[] fields = [path, .. places.SelectMany(place => new Field[] { place.Label, place.Probability }), error];
        await using ParquetWriter writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields), stream).ConfigureAwait(false);
        foreach (Prediction[] chunk in rows.Chunk(RowGroup))
        {
            using ParquetRowGroupWriter group = writer.CreateRowGroup();
            await group.WriteAsync(path, chunk.Select(row => row.Path).ToArray()).ConfigureAwait(false);
            for (int i = 0; i < top; i++)
            {
                await group.WriteAsync(places[i].Label, chunk.Select(row => row.Labels.ElementAtOrDefault(i)?.Label).ToArray()).ConfigureAwait(false);
                await group.WriteAsync<float>(places[i].Probability, chunk.Select(row => row.Labels.ElementAtOrDefault(i)?.Probability).ToArray()).ConfigureAwait(false);
            }

            await group.WriteAsync(error, chunk.Select(row => row.Error).ToArray()).ConfigureAwait(false);
            group.CompleteValidate();
        }
    }
}
