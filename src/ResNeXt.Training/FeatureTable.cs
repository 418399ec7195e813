using System.Globalization;
using System.Text;
using Parquet;
using Parquet.Schema;

namespace ResNeXt.Training;

/// <summary>Writes feature vectors to a file, row by row and atomically: CSV or Parquet, by the file's extension.</summary>
internal static class FeatureTable
{
    private const int RowGroup = 1024;

    /// <summary>Whether the file's extension names a format.</summary>
    public static bool IsKnown(string path) => IsParquet(path) || path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase);

    /// <summary>The name of a feature's column.</summary>
    public static string ColumnName(int feature) => string.Create(CultureInfo.InvariantCulture, $"f{feature}");

    /// <param name="path">The file; its extension chooses the format.</param>
    /// <param name="width">Length of every vector.</param>
    /// <param name="rows">The rows; read once, as they are written.</param>
    public static void Write(string path, int width, IEnumerable<FeatureRow> rows) => AtomicFile.Write(path, stream =>
    {
        if (IsParquet(path))
        {
            WriteParquetAsync(stream, width, rows).GetAwaiter().GetResult();
        }
        else
        {
            WriteCsv(stream, width, rows);
        }
    });

    private static bool IsParquet(string path) => path.EndsWith(".parquet", StringComparison.OrdinalIgnoreCase);

    private static void WriteCsv(Stream stream, int width, IEnumerable<FeatureRow> rows)
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true) { NewLine = "\n" };
        writer.Write("path");
        for (int i = 0; i < width; i++)
        {
            writer.Write($",{ColumnName(i)}");
        }

        writer.WriteLine();
        foreach (FeatureRow row in rows)
        {
            writer.Write(Csv.Quoted(row.Path));
            foreach (float value in row.Features)
            {
                writer.Write(',');
                writer.Write(value.ToString("R", CultureInfo.InvariantCulture)); // the shortest text that reads back the same
            }

            writer.WriteLine();
        }
    }

    /// <summary>Columns <c>path</c> (text) and <c>f0</c>, <c>f1</c>, ... (float), as in the CSV.</summary>
    private static async Task WriteParquetAsync(Stream stream, int width, IEnumerable<FeatureRow> rows)
    {
        var path = new DataField<string>("path");
        DataField<float>[] features = [.. Enumerable.Range(0, width).Select(i => new DataField<float>(ColumnName(i)))];
        await using ParquetWriter writer = await ParquetWriter.CreateAsync(new ParquetSchema([path, .. features]), stream).ConfigureAwait(false);
        foreach (FeatureRow[] chunk in rows.Chunk(RowGroup))
        {
            using ParquetRowGroupWriter group = writer.CreateRowGroup();
            await group.WriteAsync(path, chunk.Select(row => row.Path).ToArray()).ConfigureAwait(false);
            for (int i = 0; i < width; i++)
            {
                await group.WriteAsync<float>(features[i], chunk.Select(row => row.Features[i]).ToArray()).ConfigureAwait(false);
            }

            group.CompleteValidate();
        }
    }
}
