using Microsoft.ML;
using Microsoft.ML.Data;

namespace ResNeXt.Training;

/// <summary>The label column: what may be one, and its class names.</summary>
internal static class LabelColumn
{
    private const string Expected = "expected a key of text, numbers or truth values, as MapValueToKey makes it";

    /// <exception cref="ArgumentException">The column is missing, or not a key of text, numbers or truth values.</exception>
    public static DataViewSchema.Column Find(DataViewSchema schema, string name)
    {
        DataViewSchema.Column column = schema.GetColumnOrNull(name) ?? throw Missing(name, schema.Where(other => !other.IsHidden).Select(other => other.Name));
        if (column.Type is not KeyDataViewType { RawType: Type raw, Count: ulong count } || raw != typeof(uint))
        {
            throw WrongType(name, $"{column.Type}");
        }

        return KeyNames.TypeOf(column) switch
        {
            null when count == 1 => column, // what MapValueToKey makes of labels that are all missing: the rows will tell
            null => throw WrongType(name, $"{column.Type} without names"),
            DataViewType item => KeyNames.Of(column) is null ? throw WrongType(name, $"{column.Type} of {item}") : column,
        };
    }

    /// <inheritdoc cref="Find"/>
    public static void Require(SchemaShape schema, string name)
    {
        SchemaShape.Column[] columns = [.. schema.Where(column => column.Name == name)];
        if (columns.Length == 0)
        {
            throw Missing(name, schema.Select(other => other.Name));
        }

        if (columns[0] is not { IsKey: true, Kind: SchemaShape.Column.VectorKind.Scalar })
        {
            throw WrongType(name, $"{columns[0].ItemType}, {columns[0].Kind}");
        }
    }

    /// <summary>The class names: key 1 is the first of them.</summary>
    public static IReadOnlyList<string> Names(DataViewSchema.Column column) => KeyNames.Of(column) ?? [""];

    private static ArgumentException Missing(string name, IEnumerable<string> columns) =>
        new($"Label column '{name}' is missing: the data has {string.Join(", ", columns.Select(column => $"'{column}'"))}.");

    private static ArgumentException WrongType(string name, string type) => new($"Label column '{name}' is of type {type}: {Expected}.");
}
