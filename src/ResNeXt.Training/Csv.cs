using System.Buffers;
using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace ResNeXt.Training;

/// <summary>Tables as text, RFC 4180 with <c>\n</c>.</summary>
internal static class Csv
{
    /// <summary>What spreadsheets take for the beginning of a formula.</summary>
    private static readonly SearchValues<char> FormulaStarts = SearchValues.Create("=+-@\t\r");

    /// <summary>Fields of a line, numbers in the shortest text that reads back the same.</summary>
    /// <param name="fields">Texts, numbers, null for an empty field.</param>
    /// <param name="escapeFormulas">Whether an apostrophe is put before a text that a spreadsheet would compute.</param>
    public static string Line(IEnumerable<object?> fields, bool escapeFormulas = false) => string.Join(',', fields.Select(field => Quoted(
        escapeFormulas && field is string text && text.AsSpan().IndexOfAny(FormulaStarts) == 0 ? $"'{text}" : Convert.ToString(field, CultureInfo.InvariantCulture) ?? "")));

    public static string Quoted(string field) =>
        field.AsSpan().IndexOfAny(",\"\r\n") < 0 ? field : $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>The lines of a file, the first one included.</summary>
    /// <exception cref="InvalidDataException">A quotation mark stands where none may be.</exception>
    public static IEnumerable<string[]> Read(string path)
    {
        using var parser = new CsvParser(new StreamReader(path), new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            BadDataFound = bad => throw new InvalidDataException($"'{path}' is damaged in line {bad.Context.Parser?.RawRow}: a quotation mark stands where none may be."),
        });
        while (parser.Read())
        {
            yield return parser.Record!;
        }
    }
}
