using static TorchSharp.torch;

namespace ResNeXt.Training;

/// <summary>An element type that files of weights may hold, with its names. A type is one row of data.</summary>
/// <param name="Type">TorchSharp's.</param>
/// <param name="Size">Bytes of an element.</param>
/// <param name="SafeTensorsName">The <c>dtype</c> of a safetensors header.</param>
/// <param name="StorageName">PyTorch's storage class, in module <c>torch</c>.</param>
/// <param name="TorchName">PyTorch's dtype, in module <c>torch</c>.</param>
internal sealed record ElementType(ScalarType Type, int Size, string SafeTensorsName, string StorageName, string TorchName)
{
    public static IReadOnlyList<ElementType> All { get; } =
    [
        new(ScalarType.Float64, 8, "F64", "DoubleStorage", "float64"),
        new(ScalarType.Float32, 4, "F32", "FloatStorage", "float32"),
        new(ScalarType.Float16, 2, "F16", "HalfStorage", "float16"),
        new(ScalarType.BFloat16, 2, "BF16", "BFloat16Storage", "bfloat16"),
        new(ScalarType.Int64, 8, "I64", "LongStorage", "int64"),
        new(ScalarType.Int32, 4, "I32", "IntStorage", "int32"),
        new(ScalarType.Int16, 2, "I16", "ShortStorage", "int16"),
        new(ScalarType.Int8, 1, "I8", "CharStorage", "int8"),
        new(ScalarType.Byte, 1, "U8", "ByteStorage", "uint8"),
        new(ScalarType.Bool, 1, "BOOL", "BoolStorage", "bool"),
    ];

    /// <exception cref="NotSupportedException">Files of weights do not hold this type.</exception>
    public static ElementType Of(ScalarType type) => All.FirstOrDefault(row => row.Type == type)
        ?? throw new NotSupportedException($"Tensors of type {type} cannot be saved: expected one of {string.Join(", ", All.Select(row => row.Type))}.");

    /// <returns>Null where the sizes multiply to more than can be counted, those that are 0 left out: libtorch multiplies them so.</returns>
    public long? BytesOf(IReadOnlyList<long> shape)
    {
        Int128 bytes = Size;
        foreach (long size in shape)
        {
            bytes *= Math.Max(size, 1);
            if (size < 0 || bytes > long.MaxValue)
            {
                return null;
            }
        }

        return shape.Contains(0) ? 0 : (long)bytes;
    }
}
