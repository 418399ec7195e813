using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace ResNeXt.MLNet;

/// <summary>What the numbers of a key column stand for, as <c>MapValueToKey</c> notes it beside the column.</summary>
internal static class KeyNames
{
    private const string KeyValues = "KeyValues";

    /// <summary>The values' type; null where the column is no key or nothing is noted.</summary>
    public static DataViewType? TypeOf(DataViewSchema.Column column) =>
        column.Type is KeyDataViewType ? (column.Annotations.Schema.GetColumnOrNull(KeyValues)?.Type as VectorDataViewType)?.ItemType : null;

    /// <returns>The values as text, of numbers and truth values by the invariant culture: that of key 1 first. Null where they are of another type, or there are none.</returns>
    public static IReadOnlyList<string>? Of(DataViewSchema.Column column) => TypeOf(column) switch
    {
        TextDataViewType => Read<ReadOnlyMemory<char>>(column),
        BooleanDataViewType => Read<bool>(column),
        NumberDataViewType number => Type.GetTypeCode(number.RawType) switch
        {
            TypeCode.SByte => Read<sbyte>(column),
            TypeCode.Byte => Read<byte>(column),
            TypeCode.Int16 => Read<short>(column),
            TypeCode.UInt16 => Read<ushort>(column),
            TypeCode.Int32 => Read<int>(column),
            TypeCode.UInt32 => Read<uint>(column),
            TypeCode.Int64 => Read<long>(column),
            TypeCode.UInt64 => Read<ulong>(column),
            TypeCode.Single => Read<float>(column),
            TypeCode.Double => Read<double>(column),
            _ => null,
        },
        _ => null,
    };

    private static string[] Read<T>(DataViewSchema.Column column)
    {
        VBuffer<T> values = default;
        column.GetKeyValues(ref values);
        return [.. values.DenseValues().Select(value => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "")];
    }
}
