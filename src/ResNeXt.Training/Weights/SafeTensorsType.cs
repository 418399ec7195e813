using static TorchSharp.torch;

namespace ResNeXt.Training;

/// <summary>The element types of safetensors that our networks hold.</summary>
internal static class SafeTensorsType
{
    public static string NameOf(ScalarType type) => type switch
    {
        ScalarType.Float32 => "F32",
        ScalarType.Int64 => "I64",
        _ => throw new NotSupportedException($"Tensors of type {type} cannot be saved: expected Float32 or Int64."),
    };

    public static ScalarType? Parse(string? name) => name switch
    {
        "F32" => ScalarType.Float32,
        "I64" => ScalarType.Int64,
        _ => null,
    };

    public static int Size(ScalarType type) => type == ScalarType.Int64 ? 8 : 4;
}
