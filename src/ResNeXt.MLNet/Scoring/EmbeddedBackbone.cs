namespace ResNeXt.MLNet;

/// <summary>The small network inside this library, for pipelines without a model file. docs/models.md has its card.</summary>
internal static class EmbeddedBackbone
{
    /// <summary>What messages call it.</summary>
    public const string Name = "resnext29_8x8d_small.distilled.onnx";

    /// <summary>The whole .onnx file.</summary>
    public static byte[] Read()
    {
        using Stream resource = typeof(EmbeddedBackbone).Assembly.GetManifestResourceStream(Name)!;
        byte[] onnx = new byte[resource.Length];
        resource.ReadExactly(onnx);
        return onnx;
    }
}
