using System.CommandLine.Parsing;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Parquet;
using Parquet.Schema;

namespace ResNeXt.Training;

/// <summary>
/// Writes predictions to a file, row by row and atomically, by its extension: CSV and Parquet with the columns <c>path</c>, <c>label</c>, <c>probability</c>,
/// <c>label2</c>, <c>probability2</c>, ..., <c>error</c>, and <c>truth</c> behind <c>path</c> where the true classes are known; JSON lines with <c>path</c>, <c>labels</c>,
/// <c>error</c>, <c>truth</c>.
/// </summary>
internal static class PredictionTable
{
    private const int RowGroup = 1024;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly string[] Extensions = [".csv", ".parquet", ".jsonl"];

    /// <summary>An option's validator: the file's extension names a format.</summary>
    public static void RequireKnown(OptionResult result)
    {
        if (result.GetValueOrDefault<string?>() is string path && !Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase))
        {
            result.AddError($"Output '{path}' has an unknown format: expected a name that ends in .csv, .parquet or .jsonl.");
        }
    }

    /// <param name="path">The file.</param>
    /// <param name="top">Classes in a row.</param>
    /// <param name="rows">The rows; read once, as they are written.</param>
    /// <param name="truth">Whether the rows know their true classes.</param>
    /// <param name="escapeFormulas">Whether texts of a CSV that a spreadsheet would compute begin with an apostrophe.</param>
    public static void Write(string path, int top, IEnumerable<Prediction> rows, bool truth = false, bool escapeFormulas = false) => AtomicFile.Write(path, stream =>
    {
        switch (Path.GetExtension(path).ToUpperInvariant())
        {
            case ".PARQUET":
                WriteParquetAsync(stream, top, rows, truth).GetAwaiter().GetResult();
                break;
            case ".CSV":
                WriteLines(stream, rows.Select(row => Csv.Line(Fields(row, top, truth), escapeFormulas)).Prepend(string.Join(',', Columns(top, truth))));
                break;
            default:
                WriteLines(stream, rows.Select(row => JsonSerializer.Serialize(row, Json)));
                break;
        }
    });

    private static IEnumerable<string> Columns(int top, bool truth) =>
        ["path", .. truth ? ["truth"] : Array.Empty<string>(), .. Enumerable.Range(1, top).SelectMany(i => new[] { Numbered("label", i), Numbered("probability", i) }), "error"];

    private static IEnumerable<object?> Fields(Prediction row, int top, bool truth) =>
    [
        row.Path,
        .. truth ? [row.Truth] : Array.Empty<object?>(),
        .. Enumerable.Range(0, top).SelectMany(i => i < row.Labels.Count ? new object?[] { row.Labels[i].Label, row.Labels[i].Probability } : [null, null]),
        row.Error,
    ];

    private static string Numbered(string name, int place) => place == 1 ? name : FormattableString.Invariant($"{name}{place}");

    private static void WriteLines(Stream stream, IEnumerable<string> lines)
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true) { NewLine = "\n" };
        foreach (string line in lines)
        {
            writer.WriteLine(line);
        }
    }

    private static async Task WriteParquetAsync(Stream stream, int top, IEnumerable<Prediction> rows, bool truth)
    {
        DataField<string> path = new("path"), trueLabel = new("truth"), error = new("error", nullable: true);
        (DataField<string> Label, DataField<float?> Probability)[] places =
            [.. Enumerable.Range(1, top).Select(i => (new DataField<string>(Numbered("label", i), nullable: true), new DataField<float?>(Numbered("probability", i))))];
        Field[] fields = [path, .. truth ? [trueLabel] : Array.Empty<Field>(), .. places.SelectMany(place => new Field[] { place.Label, place.Probability }), error];
        await using ParquetWriter writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields), stream).ConfigureAwait(false);
        foreach (Prediction[] chunk in rows.Chunk(RowGroup))
        {
            using ParquetRowGroupWriter group = writer.CreateRowGroup();
            await group.WriteAsync(path, chunk.Select(row => row.Path).ToArray()).ConfigureAwait(false);
            if (truth)
            {
                await group.WriteAsync(trueLabel, chunk.Select(row => row.Truth!).ToArray()).ConfigureAwait(false);
            }

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
